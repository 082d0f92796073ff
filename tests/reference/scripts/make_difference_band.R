# Rscript make_difference_band.R   (reads ../data/*.csv, writes ../r/difference_band.json)
# Limits of a difference of two survival curves for all times together (Parzen, Wei and Ying 1997): one normal multiplier
# per patient; 60,000 draws, so that the critical value is known to about 0.01; survival, jsonlite; half a minute.
suppressPackageStartupMessages({ library(survival); library(jsonlite) })
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
set.seed(1997)
band <- function(d, from = NA, to = NA, draws = 60000, level = .95) {
  fit <- survfit(Surv(time, event) ~ group, data = d); g <- levels(d$group)
  until <- min(tapply(d$time, d$group, max))
  at <- sort(unique(d$time[d$event == 1 & d$time <= until]))
  s <- summary(fit, times = at, extend = TRUE)
  of <- function(name, level) s[[name]][s$strata == paste0("group=", level)]
  e <- of("surv", g[2]) - of("surv", g[1]); se <- sqrt(of("std.err", g[2])^2 + of("std.err", g[1])^2)
  risk <- sapply(g, function(level) sapply(at, function(t) sum(d$time >= t & d$group == level)))
  had <- sapply(g, function(level) sapply(at, function(t) sum(d$time <= t & d$event == 1 & d$group == level)))
  inside <- is.finite(se) & se > 0 & apply(risk >= 10, 1, all)
  inside <- inside & (if (is.na(from)) apply(had >= 5, 1, all) else at >= from)
  if (!is.na(to)) inside <- inside & at <= to
  # what a patient's event adds to the error of the curve at each time of the range
  influence <- t(sapply(which(d$event == 1), function(i) {
    same <- d$group == d$group[i]; n <- sum(same & d$time >= d$time[i]); k <- sum(same & d$time == d$time[i] & d$event == 1)
    if (n == k) return(rep(0, sum(inside)))
    sign <- if (d$group[i] == g[2]) 1 else -1
    ifelse(d$time[i] <= at[inside], sign * of("surv", as.character(d$group[i]))[inside] / sqrt(n * (n - k)), 0)
  }))
  largest <- unlist(lapply(1:30, function(part) {
    z <- matrix(rnorm(draws / 30 * nrow(influence)), ncol = nrow(influence))
    apply(abs(z %*% influence) / rep(se[inside], each = draws / 30), 1, max)
  }))
  seen <- max(abs(e[inside]) / se[inside])
  list(from = from, to = to, start = min(at[inside]), last = max(at[inside]), n_times = sum(inside), largest_seen = seen,
       critical = unname(quantile(largest, level)), critical_99 = unname(quantile(largest, .99)), p = mean(largest >= seen))
}
prepared <- function(name, group, levels, time, event) {
  d <- read.csv(file.path(dir, "..", "data", paste0(name, ".csv")), colClasses = "character", na.strings = "")
  d$time <- as.numeric(d[[time]]); d$event <- as.integer(d[[event]]); d <- d[d[[group]] %in% levels, ]
  d$group <- factor(d[[group]], levels); d
}
sets <- list(lung = list(group = "sex", levels = c("male", "female"), ranges = list(c(NA, NA), c(180, 540))),
             veteran = list(group = "trt", levels = c("standard", "test"), ranges = list(c(NA, NA))))
out <- lapply(names(sets), function(name) {
  meta <- fromJSON(file.path(dir, "..", "r", paste0(name, ".json")))$meta; s <- sets[[name]]
  d <- prepared(name, s$group, s$levels, meta$time_col, meta$event_col)
  list(group = s$group, levels = s$levels, bands = lapply(s$ranges, function(r) band(d, r[1], r[2])))
})
names(out) <- names(sets)
write(toJSON(c(list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival")))), out),
             digits = I(17), auto_unbox = TRUE, na = "null"), file.path(dir, "..", "r", "difference_band.json"))
