# Times R's survival package on the data in a folder: Rscript anchors.R FOLDER N COVARIATES COMMA,SEPARATED,NAMES
# Prints "name seconds" per line, processor seconds measured inside R after a warm-up: the median of several batches,
# each long enough for R's clock, which counts milliseconds.
suppressMessages(library(survival))
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]; n <- as.integer(given[2]); p <- as.integer(given[3]); names <- strsplit(given[4], ",")[[1]]
column <- function(name, what) readBin(file.path(folder, name), what, n * max(1, if (name == "covariates") p else 1))
time <- column("time", "double"); event <- column("event", "integer"); group <- column("group", "integer")
y <- Surv(time, event); of_group <- factor(group, levels = c(0, 1))
X <- if (p > 0) matrix(column("covariates", "double"), n, p) else NULL
if (p > 0) {
  colnames(X) <- paste0("x", seq_len(p))
  rows <- data.frame(time, event, X)
  model <- as.formula(paste("Surv(time, event) ~", paste(colnames(X), collapse = " + ")))
}
draw <- function() {
  medians <- sapply(0:1, function(g) {
    rows <- sample(which(group == g), replace = TRUE)
    quantile(survfit(Surv(time[rows], event[rows]) ~ 1), 0.5, conf.int = FALSE)
  })
  medians[2] - medians[1]
}
anchors <- list(
  survfit = function() quantile(survfit(Surv(time, event) ~ group, conf.type = "log-log"), 0.5),
  survfitKM = function() survival:::survfitKM(of_group, y, conf.type = "log-log"),
  survdiff = function() survdiff(Surv(time, event) ~ group),
  coxph = function() coxph(model, rows, ties = "efron"),
  coxph.fit = function() coxph.fit(X, y, strata = NULL, offset = NULL, init = NULL, control = coxph.control(),
    weights = NULL, method = "efron", rownames = NULL, resid = FALSE),
  draw = draw
)
clock <- function(work, times) sum(system.time(for (i in seq_len(times)) work(), gcFirst = FALSE)[1:2]) / times
for (name in names) {
  first <- clock(anchors[[name]], 1)
  batch <- max(1, ceiling(0.1 / max(first, 0.0005)))
  times <- if (first > 5) first else replicate(if (batch > 1) 7 else 3, clock(anchors[[name]], batch))
  cat(name, median(times), "\n")
}
