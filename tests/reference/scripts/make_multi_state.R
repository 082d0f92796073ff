# Rscript make_multi_state.R   (reads ../data/{stanford,bmt,cgvhd,lung}.csv, writes ../r/multi_state.json)
# State occupancy with its infinitesimal jackknife, mean times in states; incidence and survival of clustered rows.
suppressPackageStartupMessages({library(survival); library(jsonlite)})
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
at <- function(fit, times, tau = NULL) {
  s <- summary(fit, times = times, extend = TRUE)
  out <- list(time = I(s$time), pstate = s$pstate, std_err = s$std.err, lower = s$lower, upper = s$upper)
  if (!is.null(tau)) {
    t <- summary(fit, rmean = tau)$table
    out$rmean <- I(unname(t[, "rmean"])); out$se_rmean <- I(unname(t[, "se(rmean)"]))
  }
  out
}
curve <- function(fit) list(time = I(fit$time), n_risk = fit$n.risk, pstate = fit$pstate, std_err = fit$std.err)

# waiting -> transplanted -> dead; who was transplanted on the day of death counts as dead without
s <- read.csv(here("data", "stanford.csv"))
s$days <- pmax(s$days, 0.5)
s$tx <- ifelse(!is.na(s$transplant_day) & s$transplant_day > 0 & s$transplant_day < s$days, s$transplant_day, NA)
m <- tmerge(s[, c("id", "surgery")], s, id = id, death = event(days, died), moved = event(tx))
m$state <- factor(ifelse(m$death == 1, 2, ifelse(m$moved == 1, 1, 0)), 0:2, c("censor", "transplanted", "dead"))
times <- c(0, 30, 90, 365, 1000); tau <- 900
group <- function(d) list(
  n = length(unique(d$id)), curve = curve(survfit(Surv(tstart, tstop, state) ~ 1, d, id = id)),
  at = lapply(c("log-log" = "log-log", log = "log", plain = "plain"), function(type)
    at(survfit(Surv(tstart, tstop, state) ~ 1, d, id = id, conf.type = type, influence = TRUE), times, tau)),
  transitions = unclass(survcheck(Surv(tstart, tstop, state) ~ 1, d, id = id)$transitions[1:2, c("transplanted", "dead")]))
stanford <- list(times = I(times), tau = tau, all = group(m), surgery0 = group(m[m$surgery == 0, ]),
  surgery1 = group(m[m$surgery == 1, ]))

# three neighbouring rows are one cluster; survfit of a factor leaves cluster unheeded in 3.5-3, so the influences that
# it gives are added up within clusters here (of two states survfit does the same itself, see lung)
clustered <- function(file) {
  d <- read.csv(here("data", file)); d$cl <- (seq_len(nrow(d)) - 1) %/% 3
  d$state <- factor(d$status, 0:max(d$status))
  fit <- survfit(Surv(time, state) ~ 1, d, influence = TRUE); by_row <- fit$influence.pstate
  robust <- apply(by_row, 3, function(u) sqrt(colSums(rowsum(u, d$cl)^2)))[-1, ]
  list(all = c(curve(fit)[1:3], list(std_err = robust)), each = curve(fit))
}
l <- read.csv(here("data", "lung.csv")); l <- l[!is.na(l$inst), ]
l$dead <- l[[if ("event" %in% names(l)) "event" else "status"]]
k <- survfit(Surv(time, dead) ~ 1, l, cluster = inst, conf.type = "log-log")
result <- list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival"))),
  stanford = stanford, bmt = clustered("bmt.csv"), cgvhd = clustered("cgvhd.csv"),
  lung = list(time = I(k$time), surv = I(k$surv), std_err = I(k$std.err), lower = I(k$lower), upper = I(k$upper)))
write_json(result, here("r", "multi_state.json"), digits = 15, auto_unbox = TRUE, matrix = "rowmajor", na = "null", pretty = FALSE)
