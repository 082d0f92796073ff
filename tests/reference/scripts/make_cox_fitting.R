# Rscript make_cox_fitting.R   (writes ../data/heart.csv and ../data/stanford.csv, reads ../data/*.csv, writes ../r/cox_fitting.json)
# Exact ties, profile-likelihood limits, time-dependent covariates and hazard ratios per period.
suppressPackageStartupMessages({library(survival); library(jsonlite)}); options(stringsAsFactors = FALSE)
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
put <- function(d, f) write.csv(d, here("data", f), row.names = FALSE, na = "", quote = FALSE)
get <- function(f) { d <- read.csv(here("data", f), na.strings = ""); d[] <- lapply(d, function(x) if (is.character(x)) factor(x) else x); d }
chi <- function(x, df) list(chi2 = unname(x), df = df, p = pchisq(unname(x), df, lower.tail = FALSE))
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 200, toler.inf = 1e-14)
fit <- function(...) { call <- match.call(); call[[1]] <- quote(coxph); call$control <- tight; eval(call, parent.frame()) }
out <- function(f) { s <- summary(f); k <- sum(!is.na(coef(f))); cc <- f$concordance
  o <- list(formula = paste(deparse(formula(f)), collapse = ""), n = f$n, events = f$nevent, names = I(names(coef(f))),
    coef = I(unname(coef(f))), se = I(unname(sqrt(diag(f$var)))), loglik = I(f$loglik),
    likelihood_ratio = chi(2 * diff(f$loglik), k), wald = chi(f$wald.test, k), score = chi(f$score, k),
    concordance = list(c = cc[["concordance"]], se = cc[["std"]]))
  if (!is.null(f$naive.var)) o$naive_se <- I(unname(sqrt(diag(f$naive.var)))); o }
result <- list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival"))))

# ---- exact ties; months are days / 30.4375 rounded up, so that many patients share an event time
lung <- get("lung.csv"); lung$months <- ceiling(lung$time / 30.4375)
veteran <- get("veteran.csv"); veteran$months <- ceiling(veteran$time / 30.4375)
whas <- get("whas500.csv"); whas$months <- ceiling((whas$time + 1) / 30.4375)
lung$late <- ifelse(lung$time > 60 & seq_len(nrow(lung)) %% 3 == 0, 40, 0)   # some entered late (R needs minutes for more than 3 ties)
gbsg2 <- get("gbsg2.csv"); gbsg2$months <- ceiling(gbsg2$time / 30.4375)
result$exact <- list(
  lung_sex = out(fit(Surv(months, event) ~ sex, lung, ties = "exact")),
  lung = out(fit(Surv(months, event) ~ age + sex + ecog, lung, ties = "exact")),
  lung_days = out(fit(Surv(time, event) ~ age + sex + ecog, lung, ties = "exact")),
  veteran = out(fit(Surv(months, event) ~ trt + karno + diagtime + age + prior, veteran, ties = "exact")),
  veteran_strata = out(fit(Surv(months, event) ~ trt + karno + age + strata(celltype), veteran, ties = "exact")),
  whas500 = out(fit(Surv(months, event) ~ chf + age + bmi + hr, whas, ties = "exact")),
  lung_entry = out(fit(Surv(late, time, event) ~ age + sex + ecog, lung, ties = "exact")),
  lung_entry_strata = out(fit(Surv(late, time, event) ~ age + ecog + strata(sex), lung, ties = "exact")),
  gbsg2 = out(fit(Surv(months, event) ~ horTh + tsize + pnodes, gbsg2, ties = "exact")))

# ---- profile likelihood: maximise over the others with the one held by an offset, find where it has fallen
profile_limits <- function(y, x, data, strata = NULL, ties = "efron", level = 0.95) {
  X <- as.matrix(x); rhs <- if (is.null(strata)) NULL else strata; drop <- qchisq(level, 1) / 2
  ll <- function(j, b) { o <- X[, j] * b; others <- X[, -j, drop = FALSE]
    f <- if (is.null(rhs)) { if (ncol(others)) fit(y ~ others + offset(o), ties = ties) else fit(y ~ offset(o), ties = ties) }
         else { if (ncol(others)) fit(y ~ others + strata(rhs) + offset(o), ties = ties) else fit(y ~ strata(rhs) + offset(o), ties = ties) }
    f$loglik[length(f$loglik)] }
  whole <- if (is.null(rhs)) fit(y ~ X, ties = ties) else fit(y ~ X + strata(rhs), ties = ties)
  top <- whole$loglik[2]; b <- coef(whole); se <- sqrt(diag(whole$var))
  lim <- function(j, side) uniroot(function(v) ll(j, v) - top + drop, sort(b[j] + side * se[j] * c(0.5, 6)), tol = 1e-12)$root
  list(names = I(colnames(X)), coef = I(unname(b)), low = I(sapply(seq_along(b), lim, -1)), high = I(sapply(seq_along(b), lim, 1)),
    ratio = I(sapply(seq_along(b), function(j) 2 * (top - ll(j, 0)))), level = level, ties = ties, loglik = top) }
kept <- complete.cases(lung[, c("age", "sex", "ecog")]); l <- lung[kept, ]
v <- veteran
suppressWarnings(result$profile <- list(
  lung = profile_limits(Surv(l$time, l$event), model.matrix(~ age + sex + ecog, l)[, -1], l),
  lung_90 = profile_limits(Surv(l$time, l$event), model.matrix(~ age + sex + ecog, l)[, -1], l, level = 0.9),
  veteran_strata = profile_limits(Surv(v$time, v$event), model.matrix(~ trt + karno + age, v)[, -1], v, strata = v$celltype),
  veteran_exact = profile_limits(Surv(v$months, v$event), model.matrix(~ trt + karno, v)[, -1], v, ties = "exact")))
# nobody in a made-up level has the event: the hazard ratio has an upper limit only, the likelihood is that of the rest
l$none <- as.integer(l$event == 0 & seq_len(nrow(l)) %% 5 == 0); y <- Surv(l$time, l$event)
at <- function(b) fit(y ~ age + offset(b * none), l)$loglik[2]
top <- at(-40); u <- uniroot(function(b) at(b) - top + qchisq(0.95, 1) / 2, c(-15, 2), tol = 1e-12)$root
other <- function(b) { fit(y ~ offset(-40 * none + b * age), l)$loglik[1] }
ag <- coef(fit(y ~ age + offset(-40 * none), l)); drop <- function(b) other(b) - top + qchisq(0.95, 1) / 2
result$profile_monotone <- list(n_level = sum(l$none), none_high = u, none_ratio = 2 * (top - at(0)), age_coef = unname(ag),
  age_low = uniroot(drop, ag - c(0.2, 0), tol = 1e-12)$root, age_high = uniroot(drop, ag + c(0, 0.2), tol = 1e-12)$root)

# ---- Stanford heart transplants: rows (start, stop], and one row per patient with the day of the transplant
put(data.frame(id = heart$id, start = heart$start, stop = heart$stop, event = heart$event, age = heart$age, year = heart$year,
  surgery = heart$surgery, transplant = ifelse(heart$transplant == 1, "yes", "no")), "heart.csv")
s <- with(jasa, data.frame(id = seq_along(fustat), accepted = accept.dt, seen = fu.date, transplanted = tx.date,
  days = pmax(0.5, as.numeric(fu.date - accept.dt)), died = fustat, transplant_day = as.numeric(tx.date - accept.dt), age = round(age, 3), surgery = surgery))
put(s, "stanford.csv")
h <- get("heart.csv")
result$heart <- list(
  model = out(fit(Surv(start, stop, event) ~ age + surgery + transplant, h)),
  breslow = out(fit(Surv(start, stop, event) ~ age + surgery + transplant, h, ties = "breslow")),
  exact = out(fit(Surv(start, stop, event) ~ age + surgery + transplant, h, ties = "exact")),
  cluster = out(fit(Surv(start, stop, event) ~ age + surgery + transplant, h, cluster = id)))
m <- tmerge(s, s, id = id, death = event(days, died)); m <- tmerge(m, s, id = id, transplant = tdc(transplant_day))
counts <- attr(m, "tcount")
result$stanford <- list(rows = nrow(m), n_started = length(unique(m$id[m$transplant == 1])), tcount = as.list(counts["transplant", ]),
  model = out(fit(Surv(tstart, tstop, death) ~ transplant + age + surgery, m)),
  alone = out(fit(Surv(tstart, tstop, death) ~ transplant, m)),
  strata = out(fit(Surv(tstart, tstop, death) ~ transplant + age + strata(surgery), m)),
  zph = (function(z) setNames(lapply(seq_len(nrow(z)), function(i) chi(z[i, 1], z[i, 2])), rownames(z)))(cox.zph(coxph(Surv(tstart, tstop, death) ~ transplant + age, m))$table))

# ---- one hazard ratio per period
w <- survSplit(Surv(time, event) ~ ., veteran, cut = c(60, 180), episode = "period", start = "from")
w$period <- factor(w$period)
per <- fit(Surv(from, time, event) ~ trt + karno:period, w); one <- fit(Surv(from, time, event) ~ trt + karno, w)
kt <- fit(Surv(from, time, event) ~ trt:period + karno, subset(transform(w, trt = as.integer(trt == "test"))))
cells <- model.matrix(~ celltype, w)[, -1]; two <- factor(as.integer(w$from >= 60))
cell <- fit(Surv(from, time, event) ~ karno + I(cells * (two == 0)) + I(cells * (two == 1)), w)
cell_one <- fit(Surv(from, time, event) ~ karno + celltype, w)
result$periods <- list(n_rows = nrow(w),
  karno = out(per), karno_equal = chi(2 * (per$loglik[2] - one$loglik[2]), 2),
  trt = out(kt), trt_equal = chi(2 * (kt$loglik[2] - one$loglik[2]), 2),
  celltype = out(cell), celltype_equal = chi(2 * (cell$loglik[2] - cell_one$loglik[2]), 3))
writeLines(toJSON(result, digits = 15, auto_unbox = TRUE, pretty = TRUE, na = "null"), here("r", "cox_fitting.json"))
