# Rscript make_survival_extras.R   (reads ../data/*.csv, writes ../r/survival_extras.json)
# Hazards, conditional survival, completeness, and tests beside the log-rank test; R packages survival, coin, mvtnorm, boot, jsonlite.
suppressPackageStartupMessages({ library(survival); library(coin); library(mvtnorm); library(boot); library(jsonlite) })
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
read <- function(name) read.csv(file.path(dir, "..", "data", paste0(name, ".csv")), colClasses = "character", na.strings = "")
prepared <- function(name, group, levels) {
  d <- read(name); d$time <- as.numeric(d$time); d$event <- as.integer(d$event)
  d <- d[d[[group]] %in% levels, ]; d$group <- factor(d[[group]], levels); d
}
limits <- function(fit) list(time = fit$time, value = fit$cumhaz, std_error = fit$std.chaz)

# cumulative hazard: cumhaz and std.chaz of survfit, limits by survfit's own rule
cumulative <- function(d, level) {
  fit <- survfit(Surv(time, event) ~ 1, data = d, subset = group == level)
  of <- function(type) survival:::survfit_confint(fit$cumhaz, fit$std.chaz, logse = FALSE, conf.type = type, conf.int = .95, ulimit = FALSE)
  c(limits(fit), list(log = of("log"), plain = of("plain")))
}
# log-log plot: fun = "cloglog" of the curve and of its log-log limits
loglog <- function(d, level) {
  fit <- survfit(Surv(time, event) ~ 1, data = d, subset = group == level, conf.type = "log-log")
  keep <- fit$n.event > 0 & fit$surv > 0 & fit$surv < 1 & fit$time > 0
  turned <- function(s) log(-log(s[keep]))
  list(time = fit$time[keep], value = turned(fit$surv), conf_low = turned(fit$upper), conf_high = turned(fit$lower))
}
# conditional survival: the curve of those followed beyond the landmark
conditional <- function(d, level, given, times) {
  fit <- survfit(Surv(time, event) ~ 1, data = d, subset = group == level & time > given, conf.type = "log-log")
  at <- summary(fit, times = times, extend = TRUE); q <- quantile(fit, .5)
  list(given = given, times = times, n = fit$n, survival = at$surv, std_error = at$std.err, conf_low = at$lower,
       conf_high = at$upper, n_at_risk = at$n.risk,
       median = as.numeric(c(q$quantile, q$lower, q$upper)) - given)
}
# Clark's C by its formula
clark <- function(d, level, horizon) {
  s <- d[d$group == level, ]
  c(observed = sum(pmin(s$time, horizon)), potential = sum(ifelse(s$event == 1 & s$time <= horizon, s$time, horizon)))
}
# Fleming-Harrington G(rho) by survdiff
fh <- function(d, rho) { x <- survdiff(Surv(time, event) ~ group, data = d, rho = rho); list(rho = rho, chisq = x$chisq, obs = x$obs, exp = x$exp) }
# MaxCombo: z and correlation by the sums below, P by mvtnorm's integration of the largest of four normals
maxcombo <- function(d) {
  other <- d$group == levels(d$group)[2]; at <- sort(unique(d$time[d$event == 1]))
  n <- sapply(at, function(t) sum(d$time >= t)); n1 <- sapply(at, function(t) sum(d$time >= t & other))
  e <- sapply(at, function(t) sum(d$time == t & d$event == 1)); e1 <- sapply(at, function(t) sum(d$time == t & d$event == 1 & other))
  before <- c(1, cumprod(1 - e / n))[seq_along(at)]
  w <- sapply(list(c(0, 0), c(1, 0), c(0, 1), c(1, 1)), function(x) before^x[1] * (1 - before)^x[2])
  v <- ifelse(n > 1, e * n1 / n * (1 - n1 / n) * (n - e) / (n - 1), 0)
  covariance <- t(w) %*% (w * v); z <- colSums(w * (e1 - e * n1 / n)) / sqrt(diag(covariance)); largest <- max(abs(z))
  set.seed(1)
  p <- 1 - pmvnorm(rep(-largest, 4), rep(largest, 4), corr = cov2cor(covariance), algorithm = GenzBretz(maxpts = 2.5e7, abseps = 1e-8))
  list(z = z, correlation = cov2cor(covariance), p = as.numeric(p), error = attr(p, "error"))
}
# exact permutation distribution of the log-rank scores; with ties coin's scores are others (see README)
permuted <- function(d, ties) {
  test <- logrank_test(Surv(time, event) ~ group, data = d, ties.method = ties, distribution = "exact")
  list(n = nrow(d), statistic = as.numeric(statistic(test))^2, p = as.numeric(pvalue(test)))
}
# 20,000 stratified bootstrap samples of the difference of medians
medians <- function(d) {
  of <- function(s) { q <- summary(survfit(Surv(time, event) ~ group, data = s))$table[, "median"]; q[2] - q[1] }
  set.seed(20250101)
  drawn <- boot(d, function(x, i) of(x[i, ]), R = 20000, strata = as.integer(d$group))$t[, 1]
  list(estimate = as.numeric(of(d)), limits = as.numeric(quantile(drawn, c(.025, .975), na.rm = TRUE)), sd = sd(drawn, na.rm = TRUE), R = 20000)
}

lung <- prepared("lung", "sex", c("male", "female")); bmt <- prepared("bmt", "dis", c("ALL", "AML"))
veteran <- prepared("veteran", "trt", c("standard", "test"))
both <- function(make, ...) { out <- lapply(levels(lung$group), function(level) make(lung, level, ...)); names(out) <- levels(lung$group); out }
# no ties: bmt's first 24 patients, their times made distinct by a hair in the order of the file
untied <- head(bmt, 24); untied$time <- untied$time + seq_len(24) / 1000
out <- list(
  meta = list(R = R.version.string, survival = as.character(packageVersion("survival")), coin = as.character(packageVersion("coin")),
              mvtnorm = as.character(packageVersion("mvtnorm")), boot = as.character(packageVersion("boot"))),
  cumulative_hazard = both(cumulative), log_log = both(loglog),
  conditional = lapply(c(0, 180, 365), function(s) both(conditional, given = s, times = c(400, 500, 700, 1500))),
  completeness = lapply(c(200, 500, 1022), function(h) c(list(horizon = h), lapply(both(clark, horizon = h), as.list))),
  fleming_harrington = lapply(c(0.5, 1, 2), function(r) fh(lung, r)),
  maxcombo = list(lung = maxcombo(lung), veteran = maxcombo(veteran)),
  permutation = list(untied = c(permuted(untied, "Hothorn-Lausen"), list(time = untied$time, event = untied$event, group = as.integer(untied$group) - 1)),
                     tied = lapply(c("mid-ranks", "Hothorn-Lausen", "average-scores"), function(t) c(list(ties = t), permuted(bmt, t)))),
  median_difference = medians(lung))
write_json(out, file.path(dir, "..", "r", "survival_extras.json"), digits = 15, auto_unbox = TRUE, na = "null", matrix = "rowmajor")
