# Rscript make_mean_count.R   (writes ../data/bladder.csv and ../r/mean_count.json)
# Recurrent events with death: Nelson's mean count with the robust error, Ghosh and Lin's mean with the error from
# R's own influences of both of its parts. Durations with repeated events per patient: Kaplan-Meier, robust by patient.
suppressPackageStartupMessages({library(survival); library(jsonlite)})
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
d <- subset(bladder1, stop > start, c(id, treatment, start, stop, status))
write.csv(d, here("data", "bladder.csv"), row.names = FALSE, quote = FALSE)

mean_count <- function(x) {
  last <- x[!duplicated(x$id, fromLast = TRUE), ]
  ids <- as.character(last$id)
  rec <- survfit(Surv(start, stop, status == 1) ~ 1, data = x, id = id, influence = TRUE, robust = TRUE)
  alive <- survfit(Surv(stop, status > 1) ~ 1, data = last, id = id, influence = TRUE, robust = TRUE)
  times <- rec$time
  before <- function(values, first) c(first, values)[1 + findInterval(times, alive$time, left.open = TRUE)]
  hazard <- diff(c(0, rec$cumhaz))
  step <- rbind(rec$influence.chaz)                       # by id, in the order of levels(factor(id))
  d_chaz <- t(apply(step, 1, function(row) diff(c(0, row))))
  s_minus <- before(alive$surv, 1)
  d_surv <- t(apply(alive$influence.surv, 1, function(row) before(row, 0)))
  influence <- t(apply(sweep(d_surv, 2, hazard, "*") + sweep(d_chaz, 2, s_minus, "*"), 1, cumsum))
  list(time = times, n_risk = rec$n.risk, nelson = rec$cumhaz, nelson_se = rec$std.chaz,
    mean = cumsum(s_minus * hazard), mean_se = sqrt(colSums(influence^2)), n = length(ids))
}

gap <- transform(d, gap = stop - start, done = as.integer(status == 1))
duration <- function(x) {
  fit <- survfit(Surv(gap, done) ~ 1, data = x, cluster = id, conf.type = "log-log", robust = TRUE)
  q <- quantile(fit, 0.5)
  list(time = fit$time, surv = fit$surv, se = fit$std.err * if (fit$logse) fit$surv else 1, lower = fit$lower,
    upper = fit$upper, median = unname(c(q$quantile, q$lower, q$upper)))
}
by <- function(f, data) lapply(split(data, data$treatment), f)
result <- list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival"))),
  mean_count = by(mean_count, d), duration = by(duration, gap))
write_json(result, here("r", "mean_count.json"), digits = 15, auto_unbox = TRUE, pretty = FALSE, na = "null")
