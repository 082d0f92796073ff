# Rscript make_imputation.R   (reads ../data/lung.csv, writes ../r/imputation.json)
# Completed tables by mice, Cox models of each pooled by mice and mitools; what mice imputes in many tables.
suppressPackageStartupMessages({library(survival); library(mice); library(mitools); library(jsonlite)}); options(stringsAsFactors = FALSE)
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 200)
d <- read.csv(here("data", "lung.csv"), na.strings = "")
d$sex <- factor(d$sex); d$stage <- factor(ifelse(is.na(d$ecog), NA, pmin(d$ecog, 2)), levels = 0:2, labels = c("0", "1", "2"))
d$stage[seq(3, nrow(d), by = 9)] <- NA                       # a category with missing values
vars <- c("age", "sex", "stage", "ph_karno", "meal_cal", "wt_loss")
k <- survfit(Surv(time, event) ~ 1, d); d$hazard <- cumsum(k$n.event / k$n.risk)[match(d$time, k$time)]   # mice::nelsonaalen takes ties by Efron's method
x <- d[, c(vars, "event", "hazard")]
run <- function(m, maxit, seed) mice(x, m = m, maxit = maxit, seed = seed, printFlag = FALSE, method = c("", "", "polyreg", "pmm", "pmm", "pmm", "", ""))
imp <- run(5, 10, 20250101)
form <- Surv(time, event) ~ age + sex + stage + meal_cal + wt_loss
tables <- lapply(1:5, function(i) cbind(complete(imp, i)[, vars], time = d$time, event = d$event))
fits <- lapply(tables, function(t) coxph(form, t, control = tight))
pooled <- summary(pool(as.mira(fits)), conf.int = TRUE, type = "all")
combined <- MIcombine(lapply(fits, coef), lapply(fits, vcov))
# D1 of the stage (Li, Raghunathan and Rubin 1991), as mitml::testModels(method = "D1") without df.com
D1 <- function(k) { Q <- t(sapply(fits, function(f) coef(f)[k])); U <- Reduce(`+`, lapply(fits, function(f) vcov(f)[k, k])) / length(fits); m <- length(fits); n <- length(k)
  B <- cov(Q); r <- (1 + 1 / m) * sum(diag(B %*% solve(U))) / n; q <- colMeans(Q); D <- c(t(q) %*% solve(U) %*% q) / (n * (1 + r)); t <- n * (m - 1)
  v <- if (t > 4) 4 + (t - 4) * (1 + (1 - 2 / t) / r)^2 else t * (1 + 1 / n) * (1 + 1 / r)^2 / 2; list(statistic = D, df = v, p = pf(D, n, v, lower.tail = FALSE)) }
many <- run(60, 10, 20250102)
looks <- lapply(c("ph_karno", "meal_cal", "wt_loss"), function(v) { z <- many$imp[[v]]; list(variable = v, n = nrow(z), mean = mean(as.matrix(z)), sd = sd(as.matrix(z)), of_means = sd(colMeans(z))) })
stage <- prop.table(table(factor(unlist(lapply(many$imp$stage, as.character)), levels = c("0", "1", "2"))))
result <- list(meta = list(r = R.version.string, mice = as.character(packageVersion("mice")), mitools = as.character(packageVersion("mitools"))),
  hazard = d$hazard, missing_stage = which(is.na(d$stage)),
  imputed = lapply(setNames(c("stage", "ph_karno", "meal_cal", "wt_loss"), c("stage", "ph_karno", "meal_cal", "wt_loss")), function(v) list(rows = as.integer(rownames(imp$imp[[v]])), values = lapply(imp$imp[[v]], function(z) if (is.factor(z)) as.character(z) else z))),
  pooled = list(term = as.character(pooled$term), estimate = pooled$estimate, se = pooled$std.error, statistic = pooled$statistic, df = pooled$df, p = pooled$p.value, low = pooled$`2.5 %`, high = pooled$`97.5 %`, riv = pooled$riv, lambda = pooled$lambda, fmi = pooled$fmi, ubar = pooled$ubar, b = pooled$b),
  mitools = list(estimate = unname(combined$coefficients), se = unname(sqrt(diag(combined$variance))), df = unname(combined$df)), stage_test = D1(3:4), looks = looks, stage_shares = as.numeric(stage))
write(toJSON(result, digits = NA, auto_unbox = TRUE), here("r", "imputation.json"))
