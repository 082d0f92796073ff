# Rscript make_quantile_groups.R   (reads ../data/{lung,cgvhd}.csv, writes ../r/quantile_groups.json)
# A number cut at its quantiles: groups, log-rank test, Cox regression, Gray's test, Fine-Gray trend.
suppressPackageStartupMessages({library(survival); library(cmprsk); library(jsonlite)})
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
one <- function(d, x, event, k, status = NULL) {
  d <- d[!is.na(d[[x]]), ]; v <- d[[x]]; e <- d[[event]]
  cuts <- unique(quantile(v, (1:(k - 1)) / k, names = FALSE)); g <- cut(v, c(-Inf, cuts, Inf))
  sd <- survdiff(Surv(d$time, e) ~ g); cx <- summary(coxph(Surv(d$time, e) ~ g))$coefficients
  s <- as.integer(g)
  w <- seq_along(cuts); w <- c(w, length(cuts) + 1)
  out <- list(cuts = I(cuts), n = I(as.vector(sd$n)), obs = I(sd$obs), exp = I(sd$exp), chisq = sd$chisq,
    trend = sum(w * (sd$obs - sd$exp))^2 / as.numeric(t(w) %*% sd$var %*% w),
    loghr = I(unname(cx[, "coef"])), se = I(unname(cx[, "se(coef)"])))
  if (!is.null(status)) {
    out$gray <- unname(cuminc(d$time, d[[status]], g)$Tests[1, "stat"])
    f <- crr(d$time, d[[status]], s - 1, maxiter = 100, gtol = 1e-14)
    out$crr <- unname(f$coef); out$crr_se <- sqrt(f$var[1, 1])
  }
  out
}
l <- read.csv(here("data", "lung.csv")); g <- read.csv(here("data", "cgvhd.csv")); g$first <- as.integer(g$status == 1)
result <- list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival")),
    cmprsk = as.character(packageVersion("cmprsk"))),
  lung_age_3 = one(l, "age", "event", 3), lung_wt_loss_4 = one(l, "wt_loss", "event", 4), lung_age_2 = one(l, "age", "event", 2),
  cgvhd_age_3 = one(g, "age", "first", 3, "status"), cgvhd_age_4 = one(g, "age", "first", 4, "status"))
write_json(result, here("r", "quantile_groups.json"), digits = 15, auto_unbox = TRUE, pretty = TRUE)
