# Rscript make_model_building.R   (reads ../data/*.csv, writes ../r/model_building.json)
# Backward elimination, interactions, restricted cubic splines, variance inflation and influence.
suppressPackageStartupMessages({library(survival); library(MASS); library(rms); library(jsonlite)})
options(contrasts = c("contr.treatment", "contr.poly"), warn = 1)
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
ctl <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
Z <- qnorm(.975)
A <- function(x) I(as.list(unname(as.vector(x))))
read <- function(name, levels) {
  d <- read.csv(file.path(here, "..", "data", paste0(name, ".csv")), na.strings = "", stringsAsFactors = FALSE)
  for (f in names(levels)) d[[f]] <- factor(d[[f]], levels = levels[[f]])
  d
}
lung <- read("lung", list(sex = c("male", "female"), ecog = c("0", "1", "2", "3")))
gbsg2 <- read("gbsg2", list(horTh = c("no", "yes"), menostat = c("Pre", "Post"), tgrade = c("I", "II", "III")))
whas500 <- read("whas500", sapply(c("gender", "chf", "mitype", "cvd", "afb", "sho", "av3", "miord"), function(x) c("0", "1"), simplify = FALSE))
veteran <- read("veteran", list(trt = c("standard", "test"), celltype = c("squamous", "smallcell", "adeno", "large"), prior = c("no", "yes")))

# ------------------------------------------------ backward elimination: MASS::stepAIC on complete cases
backward <- function(d, covariates, lower = ~1, extra = NULL) {
  dd <<- d[complete.cases(d[covariates]), ]
  f <- as.formula(paste("Surv(time, event) ~", paste(c(covariates, extra), collapse = " + ")))
  full <- do.call(coxph, list(f, data = quote(dd), control = quote(ctl)))
  s <- stepAIC(full, scope = list(lower = lower, upper = formula(full)), direction = "backward", trace = 0)
  path <- as.data.frame(s$anova)
  list(n = s$n, events = s$nevent, covariates = A(covariates), extra = A(extra),
       dropped = A(sub("^- ", "", as.character(path$Step)[-1])), aic = A(path$AIC),
       kept = A(attr(terms(s), "term.labels")), coef = as.list(coef(s)), se = A(sqrt(diag(vcov(s)))))
}
steps <- list(
  lung = backward(lung, c("age", "sex", "ecog", "ph_karno", "pat_karno", "meal_cal", "wt_loss")),
  gbsg2 = backward(gbsg2, c("horTh", "menostat", "tgrade", "age", "tsize", "pnodes", "progrec", "estrec")),
  gbsg2_forced = backward(gbsg2, c("horTh", "menostat", "tgrade", "age", "tsize", "pnodes", "progrec", "estrec"), lower = ~ age + menostat),
  whas500 = backward(whas500, c("gender", "chf", "afb", "sho", "av3", "miord", "mitype", "age", "bmi", "hr", "sysbp", "diasbp")),
  veteran = backward(veteran, c("trt", "celltype", "karno", "diagtime", "age", "prior")),
  veteran_interactions = backward(veteran, c("trt", "celltype", "karno", "age"), extra = c("trt:celltype", "trt:karno")))

# ------------------------------------------------ interactions: each level made the reference in turn
pair <- function(d, a, b, others = character(0)) {
  d <- d[complete.cases(d[c(a, b, others)]), ]
  fit <- function(data, op) coxph(as.formula(paste("Surv(time, event) ~", paste(c(paste(a, op, b), others), collapse = " + "))), data = data, control = ctl)
  an <- anova(fit(d, "+"), fit(d, "*"))
  one <- function(x, y) {  # hazard ratios of x at each value of y
    held <- if (is.factor(d[[y]])) levels(droplevels(d[[y]])) else unname(quantile(d[[y]], c(.25, .5, .75)))
    do.call(rbind, lapply(held, function(v) {
      e <- d
      if (is.factor(e[[y]])) e[[y]] <- relevel(droplevels(e[[y]]), v) else e[[y]] <- e[[y]] - v
      f <- fit(e, "*"); s <- summary(f)$coefficients
      own <- if (is.factor(d[[x]])) paste0(x, levels(d[[x]])[-1]) else x
      data.frame(factor = x, column = own, other = y, at = as.character(v), coef = s[own, "coef"], se = s[own, "se(coef)"])
    }))
  }
  f <- fit(d, "*")
  list(a = a, b = b, others = A(others), n = f$n, chi2 = an$Chisq[2], df = an$Df[2], p = pchisq(an$Chisq[2], an$Df[2], lower.tail = FALSE),
       loglik = f$loglik[2], coef = as.list(coef(f)), ratios = rbind(one(a, b), one(b, a)))
}
interactions <- list(
  lung_number_category = c(data = "lung", pair(lung, "age", "sex")),
  gbsg2_categories = c(data = "gbsg2", pair(gbsg2, "horTh", "tgrade", c("age", "pnodes"))),
  whas500_numbers = c(data = "whas500", pair(whas500, "age", "bmi", "chf")),
  veteran_many = c(data = "veteran", pair(veteran, "celltype", "trt", "karno")))

# ------------------------------------------------ restricted cubic splines: rms::rcs inside coxph
curve <- function(d, x, k, others = character(0)) {
  d$x <- d[[x]]
  fitted_knots <- if (length(k) == 1) attr(rcs(d$x, k), "parms") else k
  rest <- if (length(others)) paste("+", paste(others, collapse = " + ")) else ""
  dd <<- d[complete.cases(d[c("x", others)]), ]; kk <<- fitted_knots
  fit <- coxph(as.formula(paste("Surv(time, event) ~ rcs(x, kk)", rest)), data = dd, control = ctl)
  linear <- coxph(as.formula(paste("Surv(time, event) ~ x", rest)), data = dd, control = ctl)
  ll0 <- if (length(others)) coxph(as.formula(paste("Surv(time, event) ~", paste(others, collapse = " + "))), data = dd, control = ctl)$loglik[2] else fit$loglik[1]
  m <- length(fitted_knots) - 1; b <- unname(coef(fit)[1:m]); V <- unname(vcov(fit)[1:m, 1:m])
  basis <- function(v) cbind(v, matrix(Hmisc::rcspline.eval(v, knots = fitted_knots), nrow = length(v)))
  at <- unname(quantile(dd$x, c(0, .1, .3, .6, .9, 1))); ref <- median(dd$x)
  L <- basis(at) - basis(rep(ref, length(at)))
  wald <- function(i) { s <- drop(b[i] %*% solve(V[i, i, drop = FALSE], b[i])); list(chi2 = s, df = length(i), p = pchisq(s, length(i), lower.tail = FALSE)) }
  lr <- function(small, df) { s <- 2 * (fit$loglik[2] - small); list(chi2 = s, df = df, p = pchisq(s, df, lower.tail = FALSE)) }
  list(covariate = x, asked = A(k), knots = A(fitted_knots), others = A(others), n = fit$n, loglik = fit$loglik[2], coef = A(coef(fit)[1:m]), se = A(sqrt(diag(V))),
       basis = unname(apply(basis(at), 1, function(r) list(A(r)))), at = A(at), reference = ref,
       log_hr = A(L %*% b), log_hr_se = A(sqrt(rowSums((L %*% V) * L))),
       overall_wald = wald(1:m), nonlinearity_wald = wald(2:m),
       overall_likelihood_ratio = lr(ll0, m), nonlinearity_likelihood_ratio = lr(linear$loglik[2], m - 1))
}
curves <- list(
  lung_age_4 = c(data = "lung", curve(lung, "age", 4)),
  lung_meal_3 = c(data = "lung", curve(lung, "meal_cal", 3, c("sex", "ecog"))),
  gbsg2_age_5 = c(data = "gbsg2", curve(gbsg2, "age", 5, c("horTh", "tgrade"))),
  whas500_bmi_7 = c(data = "whas500", curve(whas500, "bmi", 7, "age")),
  whas500_hr_6 = c(data = "whas500", curve(whas500, "hr", 6)),
  veteran_age_given = c(data = "veteran", curve(veteran, "age", c(45, 55, 60, 66), "karno")))
few <- veteran[1:60, ]
knots_of_few <- list(values = A(few$age), knots = lapply(c("3" = 3, "4" = 4, "5" = 5), function(k) A(attr(rcs(few$age, k), "parms"))))

# ------------------------------------------------ variance inflation: rms::vif, and Fox and Monette's as car computes it
overlap <- function(d, covariates) {
  fit <- coxph(as.formula(paste("Surv(time, event) ~", paste(covariates, collapse = " + "))), data = d, control = ctl)
  R <- cov2cor(vcov(fit));
  assign <- unlist(lapply(names(fit$assign), function(a) rep(a, length(fit$assign[[a]]))))
  g <- lapply(covariates, function(a) { i <- which(assign == a)
    v <- det(R[i, i, drop = FALSE]) * det(R[-i, -i, drop = FALSE]) / det(R); list(gvif = v, df = length(i), scaled = v^(1 / (2 * length(i)))) })
  list(covariates = A(covariates), vif = as.list(rms::vif(fit)), gvif = setNames(g, covariates))
}
vifs <- list(lung = overlap(lung, c("age", "sex", "ecog", "ph_karno", "pat_karno")),
             gbsg2 = overlap(gbsg2, c("horTh", "menostat", "tgrade", "age", "tsize")),
             whas500 = overlap(whas500, c("age", "sysbp", "diasbp", "bmi", "chf")))

# ------------------------------------------------ influence: residuals(fit, "dfbeta") and "dfbetas", and fits without the row
influence <- function(d, formula, ...) {
  f <- do.call(coxph, list(formula, data = d, control = ctl, ...))
  b <- as.matrix(residuals(f, "dfbeta")); s <- as.matrix(residuals(f, "dfbetas"))
  kept <- setdiff(seq_len(nrow(d)), f$na.action)
  most <- lapply(seq_len(ncol(b)), function(j) {
    i <- order(-abs(s[, j]))[1:3]
    w <- sapply(kept[i], function(r) unname(coef(do.call(coxph, list(formula, data = d[-r, ], control = ctl)))[j]))
    list(row = A(kept[i]), without = A(w)) })
  list(columns = A(names(coef(f))), n = nrow(b), rows = A(kept), dfbeta = lapply(seq_len(ncol(b)), function(j) A(b[, j])), dfbetas = lapply(seq_len(ncol(s)), function(j) A(s[, j])),
       dfbeta_sum_of_squares = A(colSums(b^2)), most = most)
}
thin <- function(x) { x$dfbeta <- lapply(x$dfbeta, function(v) A(v[1:20])); x$dfbetas <- lapply(x$dfbetas, function(v) A(v[1:20])); x$rows <- A(x$rows[1:20]); x }
influences <- list(
  veteran = influence(veteran, Surv(time, event) ~ trt + celltype + karno),
  lung = thin(influence(lung, Surv(time, event) ~ age + sex + wt_loss)),
  gbsg2 = thin(influence(gbsg2, Surv(time, event) ~ horTh + tgrade + pnodes)),
  lung_breslow = thin(influence(lung, Surv(time, event) ~ age + sex, method = "breslow")))
strat <- thin(influence(veteran, Surv(time, event) ~ trt + karno + strata(celltype)))

out <- list(meta = list(r = R.version.string, packages = sapply(c("survival", "MASS", "rms", "Hmisc"), function(q) as.character(packageVersion(q)), simplify = FALSE)),
            backward = steps, interactions = interactions, curves = curves, knots_of_few = knots_of_few, vif = vifs, influence = influences, influence_stratified = strat)
writeLines(toJSON(out, digits = I(15), auto_unbox = TRUE, na = "null", null = "null"), file.path(here, "..", "r", "model_building.json"))
