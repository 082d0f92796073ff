# Rscript make_survival_figure.R   (reads ../data/*.csv, writes ../r/survival_figure.json)
# What stands under and beside the curves: the risk table at round times, the difference of two curves; survival, jsonlite.
suppressPackageStartupMessages({ library(survival); library(jsonlite) })
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
prepared <- function(name, group, levels, time, event) {
  d <- read.csv(file.path(dir, "..", "data", paste0(name, ".csv")), colClasses = "character", na.strings = "")
  d$time <- as.numeric(d[[time]]); d$event <- as.integer(d[[event]]); d <- d[d[[group]] %in% levels, ]
  d$group <- factor(d[[group]], levels); d
}
# numbers at risk just before each time; events and censored summed up to and including it
risk <- function(d, times) {
  fit <- survfit(Surv(time, event) ~ group, data = d)
  s <- summary(fit, times = times, extend = TRUE)
  of <- function(level) { i <- s$strata == paste0("group=", level)
    list(n_at_risk = s$n.risk[i], n_events = cumsum(s$n.event[i]), n_censored = cumsum(s$n.censor[i])) }
  list(times = times, groups = setNames(lapply(levels(d$group), of), levels(d$group)))
}
# second level minus the first at every event time of either group while both are followed, plain limits
difference <- function(d, level) {
  until <- min(tapply(d$time, d$group, max))
  times <- c(0, sort(unique(d$time[d$event == 1 & d$time <= until])))
  fit <- survfit(Surv(time, event) ~ group, data = d)
  s <- summary(fit, times = times, extend = TRUE); g <- levels(d$group)
  of <- function(name, level) s[[name]][s$strata == paste0("group=", level)]
  e <- of("surv", g[2]) - of("surv", g[1]); se <- sqrt(of("std.err", g[2])^2 + of("std.err", g[1])^2)
  z <- qnorm(1 - (1 - level) / 2)
  list(level = level, until = until, time = times, estimate = e, std_error = se, conf_low = e - z * se, conf_high = e + z * se)
}
sets <- list(lung = list(group = "sex", levels = c("male", "female"), times = seq(0, 900, 180), conf = .95),
             veteran = list(group = "trt", levels = c("standard", "test"), times = c(0, 8, 100, 365, 999, 1200), conf = c(.95, .9)),
             gbsg2 = list(group = "horTh", levels = c("no", "yes"), times = seq(0, 2555, 365), conf = .95))
out <- lapply(names(sets), function(name) {
  meta <- fromJSON(file.path(dir, "..", "r", paste0(name, ".json")))$meta; s <- sets[[name]]
  d <- prepared(name, s$group, s$levels, meta$time_col, meta$event_col)
  list(group = s$group, levels = s$levels, risk = risk(d, s$times),
       difference = lapply(s$conf, function(level) difference(d, level)))
})
names(out) <- names(sets)
write(toJSON(out, digits = I(17), auto_unbox = TRUE, na = "null"), file.path(dir, "..", "r", "survival_figure.json"))
