# Rscript make_medians.R   (writes ../r/medians.json)
# Medians and their limits where the band is not monotone: few at risk at first, because of delayed entry; survival, jsonlite.
# summary(survfit(...))$table reads where the band first comes down to one half; quantile(survfit(...)) may read a later time.
suppressPackageStartupMessages({ library(survival); library(jsonlite) })
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
i <- 1:40
sets <- list(
  early = data.frame(entry = c(0, 0, 3 + i %% 4), time = c(2, 9, 7.5 + i %% 4 + i / 5), event = c(1, 0, as.integer(i %% 3 != 0))),
  middle = data.frame(entry = c(0, 0, 0, 0, 4 + i %% 3), time = c(1, 2, 3, 12, 8 + i / 3), event = c(1, 0, 1, 0, as.integer(i %% 2))))
one <- function(d) {
  of <- function(type) {
    fit <- survfit(Surv(entry, time, event) ~ 1, data = d, conf.type = type)
    c(as.list(unname(summary(fit)$table[c("median", "0.95LCL", "0.95UCL")])), unname(unlist(quantile(fit, .5))[2:3]))
  }
  types <- c("log-log", "log", "plain")
  c(as.list(d), list(median = setNames(lapply(types, of), types)))
}
write(toJSON(c(list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival")))), lapply(sets, one)),
             digits = I(17), auto_unbox = TRUE, na = "null"), file.path(dir, "..", "r", "medians.json"))
