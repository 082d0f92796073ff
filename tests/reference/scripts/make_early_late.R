# Rscript make_early_late.R   (reads ../data/bmt.csv and ../data/cgvhd.csv, writes ../r/early_late.json)
# Cumulative incidence and Gray's test up to a time, and after it among those still free of every event.
suppressPackageStartupMessages({library(cmprsk); library(jsonlite)})
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
part <- function(time, cause, group, at) {
  ci <- cuminc(time, cause, group); tp <- timepoints(ci, at)
  list(names = I(rownames(tp$est)), est = I(unname(tp$est[, 1])), var = I(unname(tp$var[, 1])),
    tests = list(chi2 = I(unname(ci$Tests[, "stat"])), p = I(unname(ci$Tests[, "pv"])), df = I(unname(ci$Tests[, "df"]))))
}
both <- function(file, group, split, until) {
  d <- read.csv(here("data", file)); d$group <- factor(d[[group]])
  late <- d[d$time > split, ]
  list(group = group, split = split, until = until, levels = I(levels(d$group)),
    early = part(pmin(d$time, split), ifelse(d$time <= split, d$status, 0), d$group, split),
    late = part(late$time, late$status, late$group, until), n_late = I(as.vector(table(late$group))))
}
result <- list(meta = list(r = R.version.string, cmprsk = as.character(packageVersion("cmprsk"))),
  bmt = both("bmt.csv", "dis", 5, 12), cgvhd = both("cgvhd.csv", "tx", 0.5, 0.7))
write_json(result, here("r", "early_late.json"), digits = 15, auto_unbox = TRUE, pretty = TRUE)
