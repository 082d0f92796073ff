# Rscript make_doubly_robust.R   (reads ../data/lung.csv, writes ../r/doubly_robust.json)
# Pseudo-values of the restricted mean, and augmented inverse probability weighting of them by hand.
suppressPackageStartupMessages({library(survival); library(jsonlite)}); options(stringsAsFactors = FALSE)
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
d <- read.csv(here("data", "lung.csv"), na.strings = ""); d <- d[!is.na(d$ecog) & !is.na(d$age) & !is.na(d$wt_loss), ]
d$A <- as.integer(d$sex == "female"); tau <- 600
whole <- as.numeric(pseudo(survfit(Surv(time, event) ~ 1, d), times = tau, type = "rmst", minus1 = FALSE))
d$y <- NA; for (a in 0:1) d$y[d$A == a] <- pseudo(survfit(Surv(time, event) ~ 1, d[d$A == a, ]), times = tau, type = "rmst", minus1 = FALSE)
e <- fitted(glm(A ~ age + ecog + wt_loss, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100)))
f <- lapply(0:1, function(a) lm(y ~ age + ecog + wt_loss, d[d$A == a, ])); m <- lapply(f, predict, newdata = d); n <- nrow(d)
h <- rep(NA, n); for (a in 0:1) h[d$A == a] <- hatvalues(f[[a + 1]]); own <- ifelse(d$A == 1, m[[2]], m[[1]]); y3 <- own + (d$y - own) / (1 - h)   # HC3
wide <- m[[2]] + d$A * (y3 - m[[2]]) / e - m[[1]] - (1 - d$A) * (y3 - m[[1]]) / (1 - e)
one <- m[[2]] + d$A * (d$y - m[[2]]) / e; zero <- m[[1]] + (1 - d$A) * (d$y - m[[1]]) / (1 - e); ate <- mean(one - zero)
p <- mean(d$A); psi <- (d$A * (d$y - m[[1]]) - (1 - d$A) * e / (1 - e) * (d$y - m[[1]])) / p; att <- mean(psi); psi3 <- (d$A * (y3 - m[[1]]) - (1 - d$A) * e / (1 - e) * (y3 - m[[1]])) / p
result <- list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival"))), n = n, tau = tau, whole = whole, by_group = d$y,
  rmst = unname(summary(survfit(Surv(time, event) ~ 1, d), rmean = tau)$table["rmean"]), means = c(mean(zero), mean(one)), ate = ate, ate_se = sqrt(sum((wide - ate)^2)) / n,
  att = att, att_se = sqrt(sum((psi3 - d$A / p * att)^2)) / n, crude = mean(d$y[d$A == 1]) - mean(d$y[d$A == 0]))
write(toJSON(result, digits = NA, auto_unbox = TRUE), here("r", "doubly_robust.json"))
