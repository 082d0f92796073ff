# Run after export_data.py.  Writes lung.csv and veteran.csv and adds w_iptw (ATE weights, logistic model, 6 decimals).
suppressPackageStartupMessages(library(survival)); options(stringsAsFactors = FALSE)
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
put <- function(d, f) write.csv(d, file.path(dir, "..", "data", f), row.names = FALSE, na = "", quote = FALSE)
wt <- function(d, g, lev, rhs) { d$.tr <- as.integer(d[[g]] == lev); f <- as.formula(paste(".tr ~", rhs)); k <- complete.cases(d[, all.vars(f)]); ps <- rep(NA, nrow(d)); ps[k] <- fitted(glm(f, binomial, d[k, ])); round(ifelse(d$.tr == 1, 1 / ps, 1 / (1 - ps)), 6) }
l <- with(lung, data.frame(id = seq_along(time), inst = inst, time = time, event = status - 1, sex = c("male", "female")[sex], ecog = ph.ecog, age = age, ph_karno = ph.karno, pat_karno = pat.karno, meal_cal = meal.cal, wt_loss = wt.loss))
l$w_iptw <- wt(l, "sex", "female", "age + ph_karno"); put(l, "lung.csv")
v <- with(veteran, data.frame(id = seq_along(time), time = time, event = status, trt = c("standard", "test")[trt], celltype = as.character(celltype), karno = karno, diagtime = diagtime, age = age, prior = ifelse(prior == 10, "yes", "no")))
v$w_iptw <- wt(v, "trt", "test", "age + karno + celltype"); put(v, "veteran.csv")
g <- read.csv(file.path(dir, "..", "data", "gbsg2.csv")); g$w_iptw <- wt(g, "horTh", "yes", "age + menostat + tsize + tgrade + pnodes"); put(g, "gbsg2.csv")
w <- read.csv(file.path(dir, "..", "data", "whas500.csv")); w$w_iptw <- wt(w, "chf", 1, "age + bmi + hr + diasbp"); put(w, "whas500.csv")
