# Survival curves predicted by Cox models, standardised curves and maximally selected statistics.
# R >= 4.2 with survival, maxstat and jsonlite. Writes r/prediction.json and r/cut_point.json.
suppressPackageStartupMessages({library(survival); library(maxstat); library(mvtnorm); library(jsonlite)})
options(contrasts = c("contr.treatment", "contr.poly"), warn = 1)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
root <- normalizePath(file.path(here, ".."))
A <- function(x) I(unname(as.vector(x)))
data_of <- function(name) read.csv(file.path(root, "data", paste0(name, ".csv")), na.strings = "")
thin <- function(n, m = 60) unique(round(seq(1, n, length.out = min(n, m))))  # rows kept of a long curve
factors <- function(d, cols) { for (k in cols) d[[k]] <- factor(d[[k]]); d }

# ---- one patient: survfit(coxph, newdata) at event times, all three interval types
curve_of <- function(fit, newdata, row = 1) {
  f <- lapply(c("log-log", "log", "plain"), function(ct) survfit(fit, newdata, conf.type = ct))
  k <- which(f[[1]]$n.event > 0); k <- k[thin(length(k))]
  pick <- function(x) { x <- if (is.matrix(x)) x[, row] else x; A(x[k]) }
  out <- list(time = A(f[[1]]$time[k]), survival = pick(f[[1]]$surv), std_error = pick(f[[1]]$std.err * f[[1]]$surv))
  for (i in 1:3) { out[[paste0("low_", f[[i]]$conf.type)]] <- pick(f[[i]]$lower); out[[paste0("high_", f[[i]]$conf.type)]] <- pick(f[[i]]$upper) }
  q <- quantile(f[[1]], 0.5); at <- function(x) { x <- unname(as.vector(unlist(x))); x[min(row, length(x))] }
  out$median <- A(c(at(q$quantile), at(q$lower), at(q$upper)))
  out
}

# ---- mean of predicted curves over all patients with the group set to each level, by loops; delta method by the formula
standardised <- function(fit, d, group, level) {
  d1 <- d; d1[[group]] <- factor(level, levels = levels(d[[group]]))
  s <- survfit(fit, d1, conf.type = "none"); k <- s$n.event > 0
  S <- s$surv[k, , drop = FALSE]
  b <- coef(fit); X1 <- model.matrix(fit, data = d1); V <- vcov(fit)
  zero <- X1[1, ] * 0; base <- survfit(fit, d1[1, ], se.fit = TRUE)  # for its parts
  det <- coxph.detail(fit)                                            # per event time: hazard, varhaz, means
  mu <- fit$means; H <- cumsum(det$hazard); vH <- cumsum(det$varhaz)
  m <- if (is.matrix(det$means)) det$means else cbind(det$means)
  q <- apply(sweep(m, 2, mu) * det$hazard, 2, cumsum)                 # drift of the baseline at the means
  Z <- sweep(X1, 2, mu); r <- exp(drop(Z %*% b)); n <- nrow(X1)
  S2 <- exp(-outer(H, r))                                             # the same curves from the parts
  A1 <- drop(S2 %*% r) / n
  B <- (S2 * outer(H, r)) %*% Z / n
  cc <- B - A1 * q
  list(time = det$time, survival = rowMeans(S), check = max(abs(S - S2)), A = A1, C = cc, vH = vH, S = S2, V = V,
       se = sqrt(A1^2 * vH + rowSums((cc %*% V) * cc) + rowSums((S2 - rowMeans(S2))^2) / n^2))
}
standard_section <- function(f, d, group, times) {
  d <<- d; f <<- f; fit <- coxph(f, d, ties = "breslow"); lev <- levels(d[[group]])     # coxph.detail is exact for Breslow's method
  g <- lapply(lev, function(l) standardised(fit, d, group, l)); names(g) <- lev
  efron <- coxph(f, d, ties = "efron")
  out <- list(breslow = lapply(g, function(x) { stopifnot(x$check < 1e-12); i <- thin(length(x$time)); list(time = A(x$time[i]), survival = A(x$survival[i]), std_error = A(x$se[i])) }))
  out$efron <- lapply(lev, function(l) { d1 <- d; d1[[group]] <- factor(l, levels = lev); s <- survfit(efron, d1, conf.type = "none"); k <- which(s$n.event > 0); k <- k[thin(length(k))]
    list(time = A(s$time[k]), survival = A(rowMeans(s$surv)[k])) }); names(out$efron) <- lev
  r <- g[[1]]; o <- g[[2]]; i <- sapply(times, function(t) max(which(r$time <= t)))
  dif <- o$S - r$S; n <- ncol(dif); cc <- o$C - r$C
  se <- sqrt((o$A - r$A)^2 * r$vH + rowSums((cc %*% r$V) * cc) + rowSums((dif - rowMeans(dif))^2) / n^2)
  out$difference <- list(times = A(times), estimate = A(rowMeans(dif)[i]), std_error = A(se[i]))
  out
}
lung_all <- factors(data_of("lung")[, c("time", "event", "sex", "ecog", "age", "w_iptw")], c("sex", "ecog")); lung_all$sex <- factor(lung_all$sex, c("male", "female"))
lung <- na.omit(lung_all[, names(lung_all) != "w_iptw"])
gbsg <- factors(data_of("gbsg2"), c("horTh", "menostat", "tgrade"))
whas <- factors(data_of("whas500"), c("gender", "chf", "mitype", "sho"))
vet <- factors(data_of("veteran"), c("trt", "celltype", "prior")); vet$celltype <- factor(vet$celltype, c("squamous", "smallcell", "adeno", "large"))
vet$entry <- ifelse(seq_len(nrow(vet)) %% 3 == 0, vet$time * 0.4, 0)
out <- list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival")), maxstat = as.character(packageVersion("maxstat"))))
cases <- list(
  lung = list(f = Surv(time, event) ~ sex + ecog + age, d = lung, new = data.frame(sex = "female", ecog = "2", age = 70)),
  gbsg2 = list(f = Surv(time, event) ~ horTh + tgrade + age + pnodes, d = gbsg, new = data.frame(horTh = "yes", tgrade = "II", age = 45, pnodes = 4)),
  whas500 = list(f = Surv(time, event) ~ chf + gender + age + hr, d = whas, new = data.frame(chf = "1", gender = "0", age = 81, hr = 95)),
  veteran = list(f = Surv(time, event) ~ trt + celltype + karno, d = vet, new = data.frame(trt = "test", celltype = "adeno", karno = 70)))
for (k in names(cases)) { c1 <- cases[[k]]; new <- c1$new; for (v in names(new)) if (is.factor(c1$d[[v]])) new[[v]] <- factor(new[[v]], levels = levels(c1$d[[v]]))
  out$profile[[k]] <- list(profile = as.list(c1$new), efron = curve_of(coxph(c1$f, c1$d, ties = "efron"), new), breslow = curve_of(coxph(c1$f, c1$d, ties = "breslow"), new)) }
fs <- function(x, d, v) factor(x, levels = levels(d[[v]]))
out$strata$gbsg2 <- curve_of(coxph(Surv(time, event) ~ horTh + age + strata(tgrade), gbsg), data.frame(horTh = fs("yes", gbsg, "horTh"), age = 50, tgrade = fs("III", gbsg, "tgrade")))
out$strata$lung <- curve_of(coxph(Surv(time, event) ~ age + ecog + strata(sex), lung), data.frame(age = 60, ecog = fs("1", lung, "ecog"), sex = fs("female", lung, "sex")))
out$entry$veteran <- curve_of(coxph(Surv(entry, time, event) ~ trt + karno, vet), data.frame(trt = fs("test", vet, "trt"), karno = 60))
out$weights$lung <- curve_of(coxph(Surv(time, event) ~ sex + age, na.omit(lung_all[, names(lung_all) != "ecog"]), weights = w_iptw, robust = TRUE), data.frame(sex = fs("female", lung, "sex"), age = 65))
bh <- basehaz(coxph(Surv(time, event) ~ age + ecog + strata(sex), lung), centered = FALSE); bh <- bh[!duplicated(bh[, c("hazard", "strata")]) & bh$hazard > 0, ]
out$basehaz$lung <- list(time = A(bh$time), hazard = A(bh$hazard), strata = A(as.character(bh$strata)))
out$standard$lung <- standard_section(Surv(time, event) ~ sex + ecog + age, lung, "sex", c(180, 365, 730))
out$standard$gbsg2 <- standard_section(Surv(time, event) ~ horTh + tgrade + age + pnodes, gbsg, "horTh", c(365, 1096, 1826))
out$standard$whas500 <- standard_section(Surv(time, event) ~ chf + gender + age + hr, whas, "chf", c(365, 1096))
out$standard$veteran <- standard_section(Surv(time, event) ~ trt + celltype + karno, vet, "trt", c(91, 182, 365))
# group and a second factor as strata: every patient keeps the baseline of the own stratum
sfit <- coxph(Surv(time, event) ~ horTh + age + pnodes + strata(tgrade), gbsg); grid <- c(200, 500, 1000, 1500, 2000)
mean_at <- function(lv) { d1 <- gbsg; d1$horTh <- factor(lv, levels = levels(gbsg$horTh)); tot <- 0
  for (t in levels(gbsg$tgrade)) { rows <- which(gbsg$tgrade == t); s <- survfit(sfit, d1[rows, ]); one <- summary(s, times = grid, extend = TRUE)
    tot <- tot + Reduce(`+`, lapply(seq_along(rows), function(i) one$surv[((i - 1) * length(grid) + 1):(i * length(grid))])) }
  tot / nrow(gbsg) }
out$standard_strata <- list(times = A(grid), no = A(mean_at("no")), yes = A(mean_at("yes")))
gfit <- coxph(Surv(time, event) ~ age + ecog + strata(sex), lung)
by_stratum <- function(lv) { d1 <- lung; d1$sex <- factor(lv, levels = levels(lung$sex)); s <- summary(survfit(gfit, d1), times = c(180, 365, 730), extend = TRUE); rowMeans(matrix(s$surv, nrow = 3)) }
out$own_baseline <- list(times = A(c(180, 365, 730)), male = A(by_stratum("male")), female = A(by_stratum("female")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(root, "r", "prediction.json"))

# ---- maximally selected log-rank statistics
cut <- list(meta = out$meta)
one <- function(d, x, lo = .1, hi = .9) {
  d <- d[!is.na(d[[x]]), ]; f <- as.formula(paste("Surv(time, event) ~", x)); set.seed(1)
  p <- function(pm, ...) maxstat.test(f, data = d, smethod = "LogRank", pmethod = pm, minprop = lo, maxprop = hi, ...)$p.value
  m <- maxstat.test(f, data = d, smethod = "LogRank", pmethod = "none", minprop = lo, maxprop = hi)
  above <- d[[x]] > m$estimate; h <- summary(coxph(Surv(time, event) ~ above, d))
  list(minprop = lo, maxprop = hi, n = nrow(d), cuts = A(m$cuts), stats = A(m$stats), statistic = unname(m$statistic), cut = unname(m$estimate),
    p_Lau92 = p("Lau92"), p_Lau94 = p("Lau94"), p_gauss = as.numeric(p("exactGauss", abseps = 1e-5, maxpts = 500000)),
    p_condMC = mean(replicate(20, p("condMC"))), hr = unname(h$conf.int[1, c(1, 3, 4)]))
}
D <- list(lung = data_of("lung"), gbsg2 = data_of("gbsg2"), whas500 = data_of("whas500"), veteran = data_of("veteran"))
for (k in list(c("lung", "age"), c("lung", "wt_loss"), c("gbsg2", "age"), c("gbsg2", "progrec"), c("gbsg2", "pnodes"), c("whas500", "bmi"), c("whas500", "hr"), c("veteran", "karno"), c("veteran", "diagtime")))
  cut$cases[[paste(k, collapse = ".")]] <- one(D[[k[1]]], k[2])
cut$cases[["lung.age.quarter"]] <- one(D$lung, "age", .25, .75)
writeLines(toJSON(cut, digits = NA, auto_unbox = TRUE, na = "null"), file.path(root, "r", "cut_point.json"))
