# Rscript make_immortal_time.R   (reads ../data/stanford.csv, writes ../r/immortal_time.json)
# Landmark, time-dependent covariate, Mantel-Byar, Simon-Makuch and clones on the Stanford heart transplants.
suppressPackageStartupMessages({library(survival); library(jsonlite)}); options(stringsAsFactors = FALSE)
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 200)
one <- function(f, k = 1) list(coef = unname(coef(f))[k], se = unname(sqrt(diag(vcov(f))))[k])
d <- read.csv(here("data", "stanford.csv"), na.strings = ""); d$id <- seq_len(nrow(d))
d$days <- pmax(d$days, 0.5)                       # one patient died on the day of acceptance
d$tx <- as.integer(!is.na(d$transplant_day)); d$begun <- ifelse(is.na(d$transplant_day) | d$transplant_day >= d$days, Inf, d$transplant_day)
result <- list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival"))))

# ---- naive
result$naive <- list(crude = one(coxph(Surv(days, died) ~ tx, d, control = tight)), adjusted = one(coxph(Surv(days, died) ~ tx + age + surgery, d, control = tight)))

# ---- landmarks
result$landmarks <- lapply(c("30", "90"), function(text) { L <- as.numeric(text)
  s <- subset(d, days > L); s$t <- s$days - L; s$g <- as.integer(s$begun <= L)
  f <- coxph(Surv(t, died) ~ g, s, control = tight); k <- survfit(Surv(t, died) ~ g, s, conf.type = "log-log"); k1 <- survfit(Surv(t, died) ~ 1, s[s$g == 1, ])
  list(L = L, n = nrow(s), treated = sum(s$g), dropped_event = sum(d$days <= L & d$died == 1), dropped_censored = sum(d$days <= L & d$died == 0), later = sum(is.finite(s$begun) & s$g == 0),
    crude = one(f), adjusted = one(coxph(Surv(t, died) ~ g + age + surgery, s, control = tight)), logrank = survdiff(Surv(t, died) ~ g, s)$chisq, time = k1$time, survival = k1$surv) })

# ---- treatment from the day it began
split <- do.call(rbind, lapply(d$id, function(i) { r <- d[i, ]
  if (is.finite(r$begun) && r$begun > 0) data.frame(id = i, a = c(0, r$begun), b = c(r$begun, r$days), died = c(0, r$died), x = 0:1, age = r$age, surgery = r$surgery)
  else data.frame(id = i, a = 0, b = r$days, died = r$died, x = as.integer(is.finite(r$begun)), age = r$age, surgery = r$surgery) }))
score <- function(ties) unname(coxph(Surv(a, b, died) ~ x, split, ties = ties)$score)
km <- survfit(Surv(a, b, died) ~ x, split, conf.type = "log-log")
state <- lapply(0:1, function(x) { k <- survfit(Surv(a, b, died) ~ 1, split[split$x == x, ], conf.type = "log-log"); at <- k$n.event > 0; list(time = k$time[at], n = k$n.risk[at], survival = k$surv[at], se = (k$std.err * k$surv)[at]) })
result$time_dependent <- list(crude = one(coxph(Surv(a, b, died) ~ x, split, control = tight)), adjusted = one(coxph(Surv(a, b, died) ~ x + age + surgery, split, control = tight)),
  score_exact = score("exact"), score_breslow = score("breslow"), score_efron = score("efron"), person_time = c(sum((split$b - split$a)[split$x == 0]), sum((split$b - split$a)[split$x == 1])), curves = state)

# ---- clones: start within 30 days or not within 30 days
# loss: with it those still followed stand for those censored, by a Cox model of being censored over its Kaplan-Meier
clones <- function(grace, form, loss = NULL) {
  if (!is.null(form)) environment(form) <- environment()   # basehaz looks for the data where the formula was made
  d$started <- d$begun <= grace; d$u <- ifelse(d$started, pmax(d$begun, 0), pmin(d$days, grace))
  if (is.null(form)) { k <- survfit(Surv(u, started) ~ 1, d); H <- function(i, t) { j <- which(k$time < t); if (length(j)) k$surv[max(j)] else 1 }
  } else { f <- coxph(update(form, Surv(u, started) ~ .), d, ties = "breslow", control = tight); b <- basehaz(f, centered = FALSE); lp <- as.numeric(model.matrix(update(form, ~ . - 1), d) %*% coef(f))
    H <- function(i, t) { j <- which(b$time < t); if (length(j)) exp(-b$hazard[max(j)] * exp(lp[i])) else 1 } }
  if (is.null(loss)) G <- function(i, t) 1 else { kc <- survfit(Surv(days, 1 - died) ~ 1, d); environment(loss) <- environment()
    fc <- coxph(update(loss, Surv(days, 1 - died) ~ .), d, ties = "breslow", control = tight); bc <- basehaz(fc, centered = FALSE); lc <- as.numeric(model.matrix(update(loss, ~ . - 1), d) %*% coef(fc))
    G <- function(i, t) { j <- which(kc$time < t); if (!length(j)) 1 else kc$surv[max(j)] / exp(-bc$hazard[max(which(bc$time < t))] * exp(lc[i])) } }
  al <- d$days > grace; p <- rep(NA, nrow(d))
  p[al] <- fitted(glm(if (is.null(form)) started ~ 1 else update(form, started ~ .), binomial, d[al, ], control = glm.control(epsilon = 1e-14, maxit = 100)))
  ev <- sort(unique(d$days[d$died == 1])); rows <- list()
  for (i in d$id) { r <- d[i, ]
    end <- if (r$started) pmax(r$begun, 0) else r$days; dead <- if (r$started) 0 else r$died; cuts <- ev[ev <= end]; last <- 0
    for (t in cuts) { rows[[length(rows) + 1]] <- c(i, 0, last, t, as.integer(dead == 1 && t == end), G(i, t) / H(i, t)); last <- t }
    end <- if (r$started) r$days else min(r$days, grace); dead <- if (r$started || r$days <= grace) r$died else 0
    if (end > grace && !r$started) end <- grace
    last <- 0
    for (t in ev[ev <= end]) { rows[[length(rows) + 1]] <- c(i, 1, last, t, as.integer(dead == 1 && t == end), G(i, t) * (if (t > grace) 1 / p[i] else 1)); last <- t } }
  m <- as.data.frame(do.call(rbind, rows)); names(m) <- c("id", "arm", "a", "b", "died", "w")
  f <- coxph(Surv(a, b, died) ~ arm, m, weights = w, ties = "breslow", control = tight)
  curve <- function(x) { k <- survfit(Surv(a, b, died) ~ 1, m[m$arm == x, ], weights = w); at <- k$n.event > 0; list(time = k$time[at], survival = k$surv[at]) }
  list(coef = unname(coef(f)), largest = max(m$w), wait = curve(0), begin = curve(1)) }
result$clones <- list(crude = clones(30, NULL), adjusted = clones(30, ~ age + surgery), loss = clones(30, ~ age + surgery, ~ age + surgery), only_loss = clones(30, NULL, ~ age + surgery))
write(toJSON(result, digits = NA, auto_unbox = TRUE), here("r", "immortal_time.json"))
