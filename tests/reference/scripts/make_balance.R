# Rscript make_balance.R   (reads ../data/gbsg2.csv and veteran.csv, writes ../r/balance.json)
# Propensity score, weights, weighted Cox models and curves, nearest-neighbour matching, calibration and g-formula on two open data sets.
suppressPackageStartupMessages({library(survival); library(survey); library(MatchIt); library(jsonlite)})
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
here <- function(...) file.path(dir, "..", ...)
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 200)
logit <- function(f, d) glm(f, binomial, d, control = glm.control(epsilon = 1e-15, maxit = 100))
read <- function(name) read.csv(here("data", paste0(name, ".csv")), na.strings = "", stringsAsFactors = FALSE)

of_weights <- function(d, w) {
  d$w <- w; d$id <- seq_len(nrow(d)); d <- d[d$w > 0, ]
  f <- coxph(Surv(time, event) ~ z, d, weights = w, robust = TRUE, control = tight)
  s <- summary(f)
  k <- lapply(0:1, function(g) { k <- survfit(Surv(time, event) ~ 1, d[d$z == g, ], weights = w, robust = TRUE, id = id)
    at <- summary(k, times = quantile(d$time, c(.2, .4, .6)), extend = TRUE); list(time = at$time, survival = at$surv, se = at$std.err) })
  y <- svycoxph(Surv(time, event) ~ z, svydesign(~1, weights = ~w, data = d))
  list(coef = unname(coef(f)), se = sqrt(f$var[1, 1]), robust_score = unname(s$robscore[1]), svy_coef = unname(coef(y)), svy_se = unname(SE(y))[1],
    largest = max(w), ess = c(sum(d$w[d$z == 0])^2 / sum(d$w[d$z == 0]^2), sum(d$w[d$z == 1])^2 / sum(d$w[d$z == 1]^2)), km = k)
}

# MatchIt 4.5.1 to 4.5.3 ignore calipers, and with replacement take the same partner twice, where the distance is a vector; as a
# matrix it is honoured. The order of choosing is then that of the rows, which are sorted by falling logit.
matched <- function(f, d, caliper = NULL, ...) {
  d$lg <- predict(logit(f, d)); d$row <- seq_len(nrow(d)); s <- d[order(-d$lg), ]; rownames(s) <- s$row
  D <- abs(outer(s$lg[s$z == 1], s$lg[s$z == 0], "-")); dimnames(D) <- list(rownames(s)[s$z == 1], rownames(s)[s$z == 0])
  a <- list(f, s, distance = D, ...); if (!is.null(caliper)) a <- c(a, list(caliper = c(lg = caliper * sd(s$lg)), std.caliper = FALSE))
  m <- suppressWarnings(do.call(matchit, a)); mm <- m$match.matrix
  s$w <- m$weights; e <- s[s$w > 0, ]; form <- Surv(time, event) ~ z
  if (is.null(m$subclass)) fit <- coxph(form, e, weights = w, robust = TRUE, control = tight)
  else { e$set <- as.integer(as.character(m$subclass[s$w > 0])); fit <- coxph(form, e, weights = w, cluster = set, control = tight) }
  list(matched = c(sum(e$z == 0), sum(e$z == 1)), weights = unname(s$w[order(s$row)]), treated = as.integer(rownames(mm)),
    partners = unname(lapply(seq_len(nrow(mm)), function(i) as.integer(mm[i, ]))), coef = unname(coef(fit)), se = sqrt(fit$var[1, 1]))
}

# Entropy balancing is calibration by raking: weights exp(x'lambda) whose sums are those of the target.
entropy <- function(d, f, group, target) {
  X <- model.matrix(f[-2], d); own <- d$z == group; s <- d[own, ]
  sums <- colMeans(X[target, , drop = FALSE]) * sum(own)
  w <- weights(calibrate(svydesign(~1, weights = ~1, data = s), f[-2], population = sums, calfun = "raking", epsilon = 1e-13, maxit = 500))
  unname(w)
}

# Everybody predicted in either group by one Cox model; the ratio that Cox regression of two such groups under the observed censoring finds.
standardised <- function(d, f, tau) {
  form <- update(f, Surv(time, event) ~ z + .); environment(form) <- environment()   # survfit looks for the data where the formula was made
  fit <- coxph(form, d, control = tight)
  curves <- lapply(0:1, function(a) { k <- survfit(fit, newdata = transform(d, z = a)); at <- k$n.event > 0; list(time = k$time[at], S = rowMeans(k$surv[at, , drop = FALSE])) })
  t <- curves[[1]]$time; S0 <- curves[[1]]$S; S1 <- curves[[2]]$S; b0 <- c(1, head(S0, -1)); b1 <- c(1, head(S1, -1))
  g <- survfit(Surv(time, 1 - event) ~ 1, d); G <- sapply(t, function(u) { j <- which(g$time < u); if (length(j)) g$surv[max(j)] else 1 })
  e0 <- G * b0 * log(b0 / S0); e1 <- G * b1 * log(b1 / S1)
  score <- function(beta) sum(e1 - (e0 + e1) * exp(beta) * b1 / (b0 + exp(beta) * b1))
  edges <- pmin(c(0, t, Inf), tau)
  list(log_ratio = uniroot(score, c(-3, 3), tol = 1e-14)$root, tau = tau, difference = sum(diff(edges) * (c(1, S1) - c(1, S0))), last = c(tail(S0, 1), tail(S1, 1)))
}

one <- function(d, f, exact, tau) {
  g <- logit(f, d); e <- fitted(g); z <- d$z; p <- mean(z)
  inside <- e >= .3 & e <= .6; again <- logit(f, d[inside, ]); et <- rep(NA, nrow(d)); et[inside] <- fitted(again); pt <- mean(z[inside])
  ate <- ifelse(z == 1, p / e, (1 - p) / (1 - e)); q <- quantile(ate, c(.05, .95))
  list(coef = unname(coef(g)), se = unname(sqrt(diag(vcov(g)))), score = unname(e),
    crude = unname(coef(coxph(Surv(time, event) ~ z, d, control = tight))), adjusted = unname(coef(coxph(update(f, Surv(time, event) ~ z + .), d, control = tight)))[1],
    ate = of_weights(d, ate), ate_plain = of_weights(d, ifelse(z == 1, 1 / e, 1 / (1 - e))), att = of_weights(d, ifelse(z == 1, 1, e / (1 - e))),
    overlap = of_weights(d, ifelse(z == 1, 1 - e, e)), truncated = of_weights(d, pmin(pmax(ate, q[1]), q[2])),
    trimmed = of_weights(d, ifelse(inside, ifelse(z == 1, pt / et, (1 - pt) / (1 - et)), 0)), n_trimmed = sum(!inside),
    entropy = list(ate_reference = entropy(d, f, 0, rep(TRUE, nrow(d))), ate_other = entropy(d, f, 1, rep(TRUE, nrow(d))), att_reference = entropy(d, f, 0, z == 1)),
    g_formula = standardised(d, f, tau),
    matching = list(default = matched(f, d, caliper = .2), none = matched(f, d), two = matched(f, d, caliper = .2, ratio = 2), replaced = matched(f, d, caliper = .2, replace = TRUE),
      replaced_two = matched(f, d, ratio = 2, replace = TRUE), exact = matched(f, d, caliper = .2, exact = exact)))
}
gb <- read("gbsg2"); names(gb) <- tolower(names(gb)); gb$z <- as.integer(gb$horth == "yes")
vt <- read("veteran"); vt$z <- as.integer(vt$trt == "test")
result <- list(meta = list(r = R.version.string, survival = as.character(packageVersion("survival")), survey = as.character(packageVersion("survey")), MatchIt = as.character(packageVersion("MatchIt"))),
  gbsg2 = one(gb, z ~ age + menostat + tsize + tgrade + pnodes + progrec + estrec, ~ menostat, 1500),
  veteran = one(vt, z ~ celltype + karno + diagtime + age + prior, ~ prior, 200))
write(toJSON(result, digits = NA, auto_unbox = TRUE), here("r", "balance.json"))
