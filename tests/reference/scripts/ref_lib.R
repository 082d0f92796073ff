# ref_lib.R - engine that computes the reference values.
# R >= 4.2, survival, cmprsk, maxstat, jsonlite; prodlim optional (second reverse-KM convention).
suppressPackageStartupMessages({library(survival); library(cmprsk); library(maxstat); library(jsonlite)})
options(stringsAsFactors = FALSE, contrasts = c("contr.treatment", "contr.poly"), warn = 1)
Z <- qnorm(.975)
WARN <- character(0)
W <- function(expr, tag = "") withCallingHandlers(expr, warning = function(w) {
  WARN <<- unique(c(WARN, paste0(tag, ": ", conditionMessage(w)))); invokeRestart("muffleWarning") })
TRY <- function(expr, tag = "") tryCatch(W(expr, tag), error = function(e) {
  WARN <<- unique(c(WARN, paste0("ERROR ", tag, ": ", conditionMessage(e)))); NULL })
A <- function(x) I(unname(as.vector(x)))                       # always a JSON array
ci2 <- function(lo, hi) A(c(lo, hi))
chi <- function(x, df) { x <- as.numeric(x); df <- as.numeric(df); list(chi2 = x, df = df, p = pchisq(x, df, lower.tail = FALSE)) }
clean <- function(x) {                                          # Inf -> "Inf", NA/NaN -> null
  if (is.list(x)) return(lapply(x, clean))
  if (is.numeric(x) && any(is.infinite(x))) {
    if (length(x) == 1 && !inherits(x, "AsIs")) return(as.character(x))
    return(lapply(as.vector(x), function(v) if (is.infinite(v)) as.character(v) else unclass(v)))
  }
  x
}
write_ref <- function(x, file) {
  x$meta$warnings <- A(WARN); WARN <<- character(0)
  writeLines(toJSON(clean(x), digits = NA, auto_unbox = TRUE, na = "null", null = "null"), file)
  cat(basename(file), round(file.size(file) / 1024), "kB\n")
}
versions <- function() {
  p <- c("survival", "cmprsk", "maxstat", "jsonlite", "prodlim", "KMsurv", "survminer", "exactRankTests")
  p <- p[sapply(p, requireNamespace, quietly = TRUE)]
  list(r = R.version.string, packages = sapply(p, function(q) as.character(packageVersion(q)), simplify = FALSE))
}
thin <- function(n, m) if (n <= m) seq_len(n) else unique(c(1:10, round(seq(1, n, length.out = m - 20)), (n - 9):n))

# ---------------------------------------------------------------- Kaplan-Meier
km_one <- function(S, w = NULL, landmarks, tau, max_rows = 250) {
  d <- data.frame(one = seq_len(nrow(S))); d$S <- S; d$w <- if (is.null(w)) 1 else w
  fit <- function(ct) if (is.null(w)) survfit(S ~ 1, data = d, conf.type = ct) else survfit(S ~ 1, data = d, weights = w, conf.type = ct)
  f <- list(log = fit("log"), loglog = fit("log-log"), plain = fit("plain")); f0 <- f$log
  se <- f0$surv * f0$std.err
  i <- thin(length(f0$time), max_rows)
  cur <- list(n_rows_full = length(f0$time), thinned = length(i) < length(f0$time),
    time = A(f0$time[i]), n_risk = A(f0$n.risk[i]), n_event = A(f0$n.event[i]), n_censor = A(f0$n.censor[i]),
    surv = A(f0$surv[i]), se_surv = A(se[i]), cumhaz_na = A(f0$cumhaz[i]), se_cumhaz_na = A(f0$std.chaz[i]))
  for (k in names(f)) { cur[[paste0("lower_", k)]] <- A(f[[k]]$lower[i]); cur[[paste0("upper_", k)]] <- A(f[[k]]$upper[i]) }
  cs <- list(sum_surv = sum(f0$surv), sum_se_surv = sum(se, na.rm = TRUE), sum_cumhaz_na = sum(f0$cumhaz))
  for (k in names(f)) { cs[[paste0("sum_lower_", k)]] <- sum(f[[k]]$lower, na.rm = TRUE); cs[[paste0("sum_upper_", k)]] <- sum(f[[k]]$upper, na.rm = TRUE) }
  cur$checksum <- cs
  q <- lapply(f, function(g) { z <- quantile(g, c(.25, .5, .75)); list(prob = A(c(.25, .5, .75)), q = A(z$quantile), lower = A(z$lower), upper = A(z$upper)) })
  lm <- summary(f0, times = landmarks, extend = TRUE)
  L <- list(time = A(landmarks), n_risk = A(lm$n.risk), surv = A(lm$surv), se_surv = A(lm$std.err))
  for (k in names(f)) { s <- summary(f[[k]], times = landmarks, extend = TRUE); L[[paste0("lower_", k)]] <- A(s$lower); L[[paste0("upper_", k)]] <- A(s$upper) }
  st <- if (ncol(S) == 3) S[, 3] else S[, 2]
  out <- list(n = nrow(S), events = sum(st), max_time = max(f0$time), curve = cur, quantiles = q, landmarks = L,
       median_smallest_t = if (any(f0$surv <= .5 + 1e-9)) min(f0$time[f0$surv <= .5 + 1e-9]) else NA)
  if (ncol(S) == 2) {
    out$rmean_own_max <- rm_one(f0, max(f0$time)); out$rmean_tau <- rm_one(f0, tau)
    if (is.null(w)) { out$reverse_km <- rev_km(S); out$spss <- spss_one(f0); out$rate <- rate_one(S) }
  }
  out
}
rm_one <- function(f, tau) { t <- summary(f, rmean = tau)$table; list(tau = tau, rmean = t[["rmean"]], se = t[["se(rmean)"]],
  ci = ci2(t[["rmean"]] - Z * t[["se(rmean)"]], t[["rmean"]] + Z * t[["se(rmean)"]])) }
rev_km <- function(S) {
  g <- survfit(Surv(S[, 1], 1 - S[, 2]) ~ 1, conf.type = "log"); g2 <- survfit(Surv(S[, 1], 1 - S[, 2]) ~ 1, conf.type = "log-log")
  z <- quantile(g, c(.25, .5, .75)); z2 <- quantile(g2, c(.25, .5, .75))
  o <- list(prob = A(c(.25, .5, .75)), q = A(z$quantile), lower_log = A(z$lower), upper_log = A(z$upper), lower_loglog = A(z2$lower), upper_loglog = A(z2$upper))
  if (requireNamespace("prodlim", quietly = TRUE)) {
    dd <- data.frame(t = S[, 1], e = S[, 2])
    p <- TRY(prodlim::prodlim(prodlim::Hist(t, e) ~ 1, data = dd, reverse = TRUE), "prodlim reverse")
    if (!is.null(p)) { i <- which(p$surv <= .5 + 1e-9); o$median_prodlim_deaths_first <- if (length(i)) p$time[min(i)] else NA }
  }
  o
}
# SPSS KM procedure; formulas confirmed against genuine SPSS 31 output (external/spss31_*.csv):
# mean = area under S to this group's largest time (censored or not); Var = sum A_i^2 d_i/(n_i(n_i-d_i)), no m/(m-1);
# SE(t_p) = SE(S(t_p)) (l-u)/(S(u)-S(l)), u = max{t: S>=1-p+.05}, l = min{t: S<=1-p-.05}, over event times and t=0; CI = est +- 1.96 SE (exactly 1.96).
spss_one <- function(f) {
  ev <- f$n.event > 0; t <- f$time[ev]; S <- f$surv[ev]; se <- (f$surv * f$std.err)[ev]; se[S < 1e-12] <- 0
  m <- rm_one(f, max(f$time))
  o <- list(mean = m$rmean, mean_se = m$se, mean_ci = ci2(m$rmean - 1.96 * m$se, m$rmean + 1.96 * m$se), limited = unname(tail(f$surv, 1) > 1e-12))
  T0 <- c(0, t); S0 <- c(1, S)
  for (p in c(.25, .5, .75)) {
    s <- 1 - p; r <- list(est = NA, se = NA, ci = ci2(NA, NA))
    if (any(S <= s + 1e-9)) {
      k <- which(S <= s + 1e-9)[1]; u <- max(which(S0 >= s + .05 - 1e-9)); l <- which(S0 <= s - .05 + 1e-9)
      x <- if (length(l)) se[k] * (T0[l[1]] - T0[u]) / (S0[u] - S0[l[1]]) else NA
      r <- list(est = t[k], se = x, ci = ci2(t[k] - 1.96 * x, t[k] + 1.96 * x))
    }
    o[[paste0("p", 100 * p)]] <- r
  }
  o
}
rate_one <- function(S) { x <- sum(S[, 2]); pt <- sum(S[, 1]); r <- poisson.test(x, pt)
  list(events = x, person_time = pt, rate = x / pt, exact_poisson_ci = A(r$conf.int)) }

# ---------------------------------------------------------------- rank tests (general weighted log-rank, by hand)
wlr <- function(time, event, g, type = "logrank", strata = NULL, p = 0, q = 0) {
  g <- droplevels(factor(g)); K <- nlevels(g); U <- rep(0, K); V <- matrix(0, K, K); O <- E <- rep(0, K)
  if (is.null(strata)) strata <- rep(1, length(time)); strata <- factor(strata)
  for (s in levels(strata)) {
    i <- strata == s; ti <- time[i]; ei <- event[i]; gi <- g[i]; Sl <- 1; St <- 1
    for (t in sort(unique(ti[ei == 1]))) {
      ar <- ti >= t; n <- sum(ar); nk <- tapply(ar, gi, sum); nk[is.na(nk)] <- 0
      dk <- tapply(ar & ti == t & ei == 1, gi, sum); dk[is.na(dk)] <- 0; d <- sum(dk)
      St <- St * (1 - d / (n + 1))
      w <- switch(type, logrank = 1, gehan_breslow = n, tarone_ware = sqrt(n), peto_peto = St, modified_peto = St * n / (n + 1), fh = Sl^p * (1 - Sl)^q)
      e <- d * nk / n; O <- O + w * dk; E <- E + w * e; U <- U + w * (dk - e)
      if (n > 1) V <- V + w^2 * d * (n - d) / (n - 1) * (diag(nk / n, K) - outer(nk / n, nk / n))
      Sl <- Sl * (1 - d / n)
    }
  }
  keep <- which(E > 1e-12); if (length(keep) < 2) return(NULL); j <- keep[-length(keep)]
  X2 <- as.numeric(U[j] %*% solve(V[j, j, drop = FALSE], U[j])); df <- length(j)
  o <- c(chi(X2, df), list(O_weighted = A(O), E_weighted = A(E), V = lapply(seq_len(K), function(r) A(V[r, ]))))
  if (K == 2 && V[1, 1] > 0) o$z_group1 <- unname(U[1] / sqrt(V[1, 1]))
  attr(o, "U") <- U; attr(o, "V") <- V; o
}
TYPES <- list(logrank = list("logrank"), gehan_breslow = list("gehan_breslow"), tarone_ware = list("tarone_ware"),
  peto_peto = list("peto_peto"), modified_peto = list("modified_peto"), fh_1_0 = list("fh", 1, 0), fh_0_1 = list("fh", 0, 1),
  fh_1_1 = list("fh", 1, 1), fh_05_05 = list("fh", .5, .5))
strip <- function(o, v = TRUE) { if (is.null(o)) return(NULL); if (!v) o[c("O_weighted", "E_weighted", "V")] <- NULL; attr(o, "U") <- attr(o, "V") <- NULL; o }
rank_tests <- function(time, event, g, strata = NULL) {
  g <- droplevels(factor(g)); o <- list(levels = A(levels(g)), n = A(table(g)))
  for (k in names(TYPES)) { a <- TYPES[[k]]
    o[[k]] <- strip(TRY(wlr(time, event, g, a[[1]], NULL, if (length(a) > 1) a[[2]] else 0, if (length(a) > 1) a[[3]] else 0), k), k == "logrank") }
  sd0 <- TRY(survdiff(Surv(time, event) ~ g), "survdiff"); sd1 <- TRY(survdiff(Surv(time, event) ~ g, rho = 1), "survdiff rho1")
  f <- function(s) if (is.null(s)) NULL else { df <- sum(s$exp > 0) - 1; c(chi(s$chisq, df), list(O = A(s$obs), E = A(s$exp))) }
  o$survdiff_rho0 <- f(sd0); o$survdiff_rho1 <- f(sd1)
  if (!is.null(sd0)) o$check_handcode_vs_survdiff <- max(abs(o$logrank$chi2 - sd0$chisq), abs(o$fh_1_0$chi2 - sd1$chisq))
  if (nlevels(g) > 2) {                                        # trend: scores 1..k, same U and V as the log-rank
    tr <- function(type) { l <- wlr(time, event, g, type); sc <- seq_len(nlevels(g)); U <- attr(l, "U"); V <- attr(l, "V")
      z <- sum(sc * U) / sqrt(as.numeric(sc %*% V %*% sc)); list(chi2 = z^2, df = 1, p = pchisq(z^2, 1, lower.tail = FALSE), z = z) }
    o$trend_logrank <- TRY(tr("logrank"), "trend"); o$trend_gehan <- TRY(tr("gehan_breslow"), "trend")
    o$trend_scores <- A(seq_len(nlevels(g)))
    cb <- combn(levels(g), 2); P <- list()
    for (j in seq_len(ncol(cb))) { i <- g %in% cb[, j]
      one <- function(ty) { r <- TRY(wlr(time[i], event[i], g[i], ty), paste("pair", cb[1, j], cb[2, j])); if (is.null(r)) list(chi2 = NA, p = NA) else r }
      a <- one("logrank"); b <- one("gehan_breslow"); pp <- TRY(survdiff(Surv(time[i], event[i]) ~ droplevels(g[i]), rho = 1), "pair rho1")
      P[[j]] <- list(a = cb[1, j], b = cb[2, j], logrank_chi2 = a$chi2, logrank_p = a$p, gehan_chi2 = b$chi2, gehan_p = b$p,
        rho1_chi2 = if (is.null(pp)) NA else pp$chisq) }
    p <- sapply(P, function(x) x$logrank_p)
    for (m in c("holm", "BH", "bonferroni")) { q <- p.adjust(p, m); for (j in seq_along(P)) P[[j]][[paste0("logrank_p_", m)]] <- q[j] }
    o$pairwise <- P
  }
  if (!is.null(strata)) {
    ss <- TRY(survdiff(Surv(time, event) ~ g + strata(strata)), "stratified survdiff")
    for (ty in c("logrank", "gehan_breslow", "tarone_ware")) o[[paste0("stratified_", ty)]] <- strip(TRY(wlr(time, event, g, ty, strata), ty), FALSE)
    if (!is.null(ss)) o$stratified_survdiff <- list(chi2 = ss$chisq, df = nlevels(g) - 1, p = pchisq(ss$chisq, nlevels(g) - 1, lower.tail = FALSE))
  }
  o
}
# GraphPad Prism style two-group summaries (a versus b), RMST contrast and landmark difference (b minus a, b over a)
two_group <- function(time, event, g, a, b, tau, landmarks) {
  i <- g %in% c(a, b); time <- time[i]; event <- event[i]; g <- factor(as.character(g[i]), c(a, b))
  r <- TRY(wlr(time, event, g, "logrank"), "two_group"); if (is.null(r)) return(list(a = a, b = b, note = "log-rank not estimable"))
  O <- as.numeric(unclass(r$O_weighted)); E <- as.numeric(unclass(r$E_weighted)); V <- attr(r, "V")[1, 1]
  hr <- (O[1] / E[1]) / (O[2] / E[2]); s1 <- sqrt(1 / E[1] + 1 / E[2]); mh <- exp((O[1] - E[1]) / V)
  fa <- survfit(Surv(time[g == a], event[g == a]) ~ 1); fb <- survfit(Surv(time[g == b], event[g == b]) ~ 1)
  ma <- unname(quantile(fa, .5)$quantile); mb <- unname(quantile(fb, .5)$quantile); s2 <- sqrt(1 / O[1] + 1 / O[2])
  cI <- function(est, s) list(z1.96 = ci2(est * exp(-1.96 * s), est * exp(1.96 * s)), qnorm = ci2(est * exp(-Z * s), est * exp(Z * s)))
  o <- list(a = a, b = b, O = A(O), E = A(E), V = V, logrank_chi2 = r$chi2,
    prism_hr_logrank_a_over_b = list(hr = hr, ci = cI(hr, s1)),
    prism_hr_mantel_haenszel_a_over_b = list(hr = mh, ci = cI(mh, 1 / sqrt(V))),
    prism_median_ratio_a_over_b = list(median_a = ma, median_b = mb, ratio = ma / mb, ci = cI(ma / mb, s2)))
  mx <- min(max(time[g == a]), max(time[g == b]))
  ra <- rm_one(fa, tau); rb <- rm_one(fb, tau); d <- rb$rmean - ra$rmean; sd <- sqrt(ra$se^2 + rb$se^2)
  lr <- log(rb$rmean / ra$rmean); sl <- sqrt((ra$se / ra$rmean)^2 + (rb$se / rb$rmean)^2)
  o$rmst <- list(tau = tau, tau_exceeds_a_group_max = tau > mx, a = A(c(ra$rmean, ra$se)), b = A(c(rb$rmean, rb$se)),
    diff_b_minus_a = list(est = d, se = sd, ci = ci2(d - Z * sd, d + Z * sd), z = d / sd, p = 2 * pnorm(-abs(d / sd))),
    ratio_b_over_a = list(est = exp(lr), se_log = sl, ci = ci2(exp(lr - Z * sl), exp(lr + Z * sl)), p = 2 * pnorm(-abs(lr / sl))))
  la <- summary(fa, times = landmarks, extend = TRUE); lb <- summary(fb, times = landmarks, extend = TRUE)
  dS <- lb$surv - la$surv; sS <- sqrt(la$std.err^2 + lb$std.err^2)
  k <- function(S, se) { v <- (se / S)^2; list(x = log(-log(S)), v = v / log(S)^2) }
  ka <- k(la$surv, la$std.err); kb <- k(lb$surv, lb$std.err); x2 <- (kb$x - ka$x)^2 / (ka$v + kb$v)
  o$landmark_diff_b_minus_a <- list(time = A(landmarks), diff = A(dS), se = A(sS), lower = A(dS - Z * sS), upper = A(dS + Z * sS),
    z_p = A(2 * pnorm(-abs(dS / sS))), cloglog_chi2 = A(x2), cloglog_p = A(pchisq(x2, 1, lower.tail = FALSE)))
  o
}

# ---------------------------------------------------------------- Cox
tmap <- function(fit) { o <- list(); for (v in names(fit$xlevels)) { lv <- fit$xlevels[[v]]
  for (l in lv[-1]) o[[paste0(v, l)]] <- list(var = v, level = l, ref = lv[1]) }; o }
cox_out <- function(fit, full = TRUE, zph = FALSE, newdata = NULL, landmarks = NULL, timewt = FALSE, data = NULL) {
  s <- summary(fit); co <- s$coefficients; te <- list(); rob <- "robust se" %in% colnames(co)
  for (i in seq_len(nrow(co))) { b <- co[i, "coef"]; se <- co[i, if (rob) "robust se" else "se(coef)"]
    x <- list(coef = b, se = co[i, "se(coef)"]); if (rob) x$robust_se <- se
    te[[rownames(co)[i]]] <- c(x, list(hr = exp(b), lower = exp(b - Z * se), upper = exp(b + Z * se), z = b / se, p = pchisq((b / se)^2, 1, lower.tail = FALSE))) }
  k <- sum(!is.na(coef(fit))); ll <- fit$loglik; lr <- 2 * (ll[2] - ll[1])
  o <- list(formula = paste(deparse(formula(fit)), collapse = ""), ties = fit$method, n = fit$n, events = fit$nevent, terms = te,
    loglik_null = ll[1], loglik = ll[2], lr_test = chi(lr, k), wald_test = chi(unname(fit$wald.test), k), score_test = chi(fit$score, k))
  if (!is.null(fit$rscore)) o$robust_score_test <- chi(fit$rscore, k)
  o$aic <- -2 * ll[2] + 2 * k; o$bic_nevent <- -2 * ll[2] + k * log(fit$nevent)
  cc <- fit$concordance
  o$concordance <- list(c = cc[["concordance"]], se = cc[["std"]], concordant = cc[["concordant"]], discordant = cc[["discordant"]],
    tied_x = cc[["tied.x"]], tied_y = cc[["tied.y"]], tied_xy = cc[["tied.xy"]])
  if (length(tmap(fit))) o$term_map <- tmap(fit)
  if (full) { m <- residuals(fit, "martingale"); dv <- residuals(fit, "deviance")
    o$residuals <- list(first5_martingale = A(head(m, 5)), first5_deviance = A(head(dv, 5)), sumsq_martingale = sum(m^2), sumsq_deviance = sum(dv^2))
    o$vcov <- lapply(seq_len(nrow(fit$var)), function(r) A(fit$var[r, ])) }
  if (timewt && !is.null(data)) { lp <- predict(fit, type = "lp"); y <- fit$y
    o$concordance_timewt <- TRY({ z <- list(); for (tw in c("n", "S", "S/G", "n/G2")) { q <- concordance(y ~ lp, reverse = TRUE, timewt = tw); z[[tw]] <- list(c = unname(q$concordance), se = sqrt(unname(q$var))) }; z }, "timewt") }
  if (zph) { o$zph <- list(); for (tr in c("km", "identity", "rank", "log")) {
      f <- function(terms) { z <- TRY(cox.zph(fit, transform = tr, terms = terms), paste("zph", tr)); if (is.null(z)) return(NULL)
        z <- z$table; setNames(lapply(seq_len(nrow(z)), function(i) list(chi2 = z[i, 1], df = z[i, 2], p = pchisq(z[i, 1], z[i, 2], lower.tail = FALSE))), rownames(z)) }
      o$zph[[tr]] <- f(TRUE); if (tr == "km" && length(tmap(fit))) o$zph[["km_by_coefficient"]] <- f(FALSE) } }
  if (!is.null(newdata)) {
    sf <- TRY(summary(survfit(fit, newdata = newdata, conf.type = "log"), times = landmarks, extend = TRUE), "cox survfit")
    if (!is.null(sf)) { g <- function(x) lapply(seq_len(ncol(as.matrix(x))), function(j) A(as.matrix(x)[, j]))
      o$predicted_survival <- list(rows = "first two complete rows of the CSV", ids = A(newdata$id), time = A(landmarks), surv = g(sf$surv), se = g(sf$std.err), lower_log = g(sf$lower), upper_log = g(sf$upper)) }
    bh <- TRY(basehaz(fit, centered = FALSE), "basehaz")
    if (!is.null(bh) && is.null(bh$strata)) o$baseline_cumhaz_at_zero <- list(time = A(landmarks), H0 = A(sapply(landmarks, function(t) { k <- bh$time <= t; if (any(k)) max(bh$hazard[k]) else 0 })))
    o$lp_uncentred_first5 <- A(TRY(head(predict(fit, type = "lp", reference = "zero"), 5), "lp"))
  }
  o
}

# ---------------------------------------------------------------- competing risks
cr_section <- function(time, st, g, covs, d, landmarks, tau, max_rows = 120) {
  causes <- sort(setdiff(unique(st), 0)); o <- list(causes = A(causes), counts = as.list(table(status = st)), landmarks = A(landmarks))
  tp <- function(ci, nm) { z <- timepoints(ci, landmarks); r <- list()
    for (k in seq_len(nrow(z$est))) { e <- z$est[k, ]; v <- z$var[k, ]; s <- sqrt(v); a <- Z * s / (e * log(e))
      r[[rownames(z$est)[k]]] <- list(est = A(e), var = A(v), lower_loglog = A(e^exp(-a)), upper_loglog = A(e^exp(a)), lower_plain = A(e - Z * s), upper_plain = A(e + Z * s)) }
    r }
  o$cuminc_overall <- tp(cuminc(time, st), "all")
  aj <- function(i) { x <- Surv(time[i], factor(st[i], c(0, causes))); f <- survfit(x ~ 1, conf.type = "log"); f2 <- survfit(x ~ 1, conf.type = "log-log")
    s <- summary(f, times = landmarks, extend = TRUE); s2 <- summary(f2, times = landmarks, extend = TRUE); k <- thin(length(f$time), max_rows); r <- list(n = sum(i))
    rt <- summary(f, rmean = tau)$table
    for (j in seq_along(causes)) r[[paste0("cause", causes[j])]] <- list(est = A(s$pstate[, j + 1]), se = A(s$std.err[, j + 1]), lower_log = A(s$lower[, j + 1]), upper_log = A(s$upper[, j + 1]),
      lower_loglog = A(s2$lower[, j + 1]), upper_loglog = A(s2$upper[, j + 1]), mean_time_in_state_to_tau = unname(rt[j + 1, "rmean"]), mean_time_se = if ("se(rmean)" %in% colnames(rt)) unname(rt[j + 1, "se(rmean)"]) else NA)
    cv <- list(n_rows_full = length(f$time), time = A(f$time[k]), n_risk = A(f$n.risk[k, 1]))
    for (j in seq_along(causes)) { cv[[paste0("cif", causes[j])]] <- A(f$pstate[k, j + 1]); cv[[paste0("se", causes[j])]] <- A(f$std.err[k, j + 1]); cv[[paste0("sum_full_cif", causes[j])]] <- sum(f$pstate[, j + 1]) }
    r$curve <- cv
    for (j in causes) { n <- summary(survfit(Surv(time[i], st[i] == j) ~ 1), times = landmarks, extend = TRUE); r[[paste0("naive_1_minus_km_cause", j)]] <- A(1 - n$surv) }
    r }
  o$aalen_johansen <- list(tau = tau, overall = aj(rep(TRUE, length(time))))
  if (!is.null(g)) for (gn in names(g)) { gg <- g[[gn]]; ok <- !is.na(gg)
    ci <- cuminc(time[ok], st[ok], gg[ok]); ci1 <- cuminc(time[ok], st[ok], gg[ok], rho = 1)
    ts <- function(z) lapply(setNames(seq_len(nrow(z$Tests)), paste0("cause", rownames(z$Tests))), function(k) list(chi2 = z$Tests[k, "stat"], df = z$Tests[k, "df"], p = z$Tests[k, "pv"]))
    a <- list(); for (l in levels(gg)) a[[l]] <- aj(ok & gg == l)
    o$by_group[[gn]] <- list(levels = A(levels(gg)), cuminc = tp(ci), gray_rho0 = ts(ci), gray_rho1 = ts(ci1), aalen_johansen = a)
  }
  o$fine_gray <- list(); o$cause_specific_cox <- list()
  for (cn in names(covs)) { fm <- as.formula(paste("~", covs[[cn]])); mf <- model.frame(fm, d, na.action = na.omit); i <- as.integer(rownames(mf)); X <- model.matrix(fm, mf)[, -1, drop = FALSE]
    for (j in causes) {
      f <- TRY(crr(time[i], st[i], X, failcode = j, cencode = 0), paste("crr", cn, j)); if (is.null(f)) next
      b <- f$coef; se <- sqrt(diag(f$var)); te <- list()
      for (k in seq_along(b)) te[[names(b)[k]]] <- list(coef = unname(b[k]), se = se[k], shr = exp(unname(b[k])), lower = exp(unname(b[k]) - Z * se[k]), upper = exp(unname(b[k]) + Z * se[k]), p = 2 * pnorm(-abs(unname(b[k]) / se[k])))
      dd <- d[i, , drop = FALSE]; dd$.t <- time[i]; dd$.s <- factor(st[i], c(0, causes)); dd$.id <- seq_along(i)
      fg <- TRY({ w <- finegray(Surv(.t, .s) ~ ., data = dd, etype = as.character(j)); coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", covs[[cn]])), data = w, weights = fgwt, ties = "breslow", cluster = .id) }, paste("finegray", cn, j))
      o$fine_gray[[cn]][[paste0("cause", j)]] <- list(n = f$n, converged = f$converged, loglik = f$loglik, loglik_null = f$loglik.null, terms = te,
        finegray_coxph_breslow = if (is.null(fg)) NULL else list(coef = A(coef(fg)), robust_se = A(sqrt(diag(fg$var)))))
      dd$.e <- as.integer(st[i] == j)
      cs <- TRY(coxph(as.formula(paste("Surv(.t, .e) ~", covs[[cn]])), dd, ties = "efron"), "csc")
      if (!is.null(cs)) o$cause_specific_cox[[cn]][[paste0("cause", j)]] <- cox_out(cs, full = FALSE)
    } }
  o
}

# ---------------------------------------------------------------- tables, proportions, cut-point
wilson <- function(x, n) as.vector(suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int)
mn_ci <- function(x1, n1, x2, n2, bias = TRUE) {                # Miettinen-Nurminen score CI for p1-p2 (bias=FALSE: Mee)
  p1 <- x1 / n1; p2 <- x2 / n2; dh <- p1 - p2
  st <- function(D) { N <- n1 + n2; L3 <- N; L2 <- (n1 + 2 * n2) * D - N - (x1 + x2); L1 <- (n2 * D - N - 2 * x2) * D + x1 + x2; L0 <- x2 * D * (1 - D)
    q <- L2^3 / (3 * L3)^3 - L1 * L2 / (6 * L3^2) + L0 / (2 * L3); p <- sign(q) * sqrt(max(0, L2^2 / (3 * L3)^2 - L1 / (3 * L3)))
    if (p == 0) a <- pi / 3 else a <- (pi + acos(max(-1, min(1, q / p^3)))) / 3
    r2 <- min(1, max(0, 2 * p * cos(a) - L2 / (3 * L3))); r1 <- min(1, max(0, r2 + D))
    v <- (r1 * (1 - r1) / n1 + r2 * (1 - r2) / n2) * (if (bias) N / (N - 1) else 1)
    if (v <= 0) return(if (abs(dh - D) < 1e-12) 0 else sign(dh - D) * 1e6); (dh - D) / sqrt(v) }
  f <- function(t) function(D) st(D) - t
  lo <- if (st(-1 + 1e-9) < Z) -1 else uniroot(f(Z), c(-1 + 1e-9, dh), tol = 1e-13)$root
  hi <- if (st(1 - 1e-9) > -Z) 1 else uniroot(f(-Z), c(dh, 1 - 1e-9), tol = 1e-13)$root
  c(lo, hi) }
prop_section <- function(ev, g) {
  lv <- levels(g); x <- as.vector(tapply(ev, g, sum)); n <- as.vector(table(g)); o <- list(levels = A(lv), x = A(x), n = A(n), ci = list())
  for (k in seq_along(lv)) { p <- x[k] / n[k]; nn <- n[k] + Z^2; pa <- (x[k] + Z^2 / 2) / nn
    o$ci[[lv[k]]] <- list(p = p, clopper_pearson = A(binom.test(x[k], n[k])$conf.int), wilson = A(wilson(x[k], n[k])), wilson_cc = A(suppressWarnings(prop.test(x[k], n[k]))$conf.int),
      wald = ci2(p - Z * sqrt(p * (1 - p) / n[k]), p + Z * sqrt(p * (1 - p) / n[k])), agresti_coull = ci2(pa - Z * sqrt(pa * (1 - pa) / nn), pa + Z * sqrt(pa * (1 - pa) / nn)),
      jeffreys = ci2(if (x[k] == 0) 0 else qbeta(.025, x[k] + .5, n[k] - x[k] + .5), if (x[k] == n[k]) 1 else qbeta(.975, x[k] + .5, n[k] - x[k] + .5))) }
  if (length(lv) >= 2) { x1 <- x[1]; n1 <- n[1]; x2 <- x[2]; n2 <- n[2]; p1 <- x1 / n1; p2 <- x2 / n2; d <- p1 - p2; s <- sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    w1 <- wilson(x1, n1); w2 <- wilson(x2, n2); a1 <- (x1 + 1) / (n1 + 2); a2 <- (x2 + 1) / (n2 + 2); sa <- sqrt(a1 * (1 - a1) / (n1 + 2) + a2 * (1 - a2) / (n2 + 2))
    sr <- sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2); so <- sqrt(1 / x1 + 1 / (n1 - x1) + 1 / x2 + 1 / (n2 - x2)); rr <- p1 / p2; or <- (x1 * (n2 - x2)) / (x2 * (n1 - x1))
    o$risk_difference_level1_minus_level2 <- list(est = d, wald = ci2(d - Z * s, d + Z * s),
      newcombe_wilson = ci2(d - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), d + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2)),
      miettinen_nurminen = A(mn_ci(x1, n1, x2, n2)), mee = A(mn_ci(x1, n1, x2, n2, FALSE)), agresti_caffo = ci2(a1 - a2 - Z * sa, a1 - a2 + Z * sa))
    o$risk_ratio <- list(est = rr, log_ci = ci2(rr * exp(-Z * sr), rr * exp(Z * sr))); o$odds_ratio <- list(est = or, woolf_ci = ci2(or * exp(-Z * so), or * exp(Z * so))) }
  o }
table_section <- function(a, b) {
  t <- table(a, b); t <- t[rowSums(t) > 0, colSums(t) > 0, drop = FALSE]; o <- list(rows = A(rownames(t)), cols = A(colnames(t)), counts = lapply(seq_len(nrow(t)), function(i) A(t[i, ])))
  if (min(dim(t)) < 2) return(o)
  h <- W(chisq.test(t, correct = FALSE), "chisq"); o$chi2_no_correction <- list(chi2 = unname(h$statistic), df = unname(h$parameter), p = h$p.value); o$min_expected <- min(h$expected)
  o$cramers_v <- sqrt(unname(h$statistic) / (sum(t) * (min(dim(t)) - 1)))
  if (all(dim(t) == 2)) { h <- W(chisq.test(t), "chisq cc"); o$chi2_yates <- list(chi2 = unname(h$statistic), df = 1, p = h$p.value) }
  f <- TRY(fisher.test(t, workspace = 4e6), "fisher"); if (!is.null(f)) { o$fisher_p <- f$p.value; if (all(dim(t) == 2)) o$fisher_or <- list(conditional_mle = unname(f$estimate), ci = A(f$conf.int)) }
  if (nrow(t) == 2 || ncol(t) == 2) { tt <- if (ncol(t) == 2) t else t(t); if (nrow(tt) > 2) { h <- prop.trend.test(tt[, 1], rowSums(tt)); o$cochran_armitage <- list(chi2 = unname(h$statistic), p = h$p.value) } }
  o }
cont_section <- function(x, g) {
  ok <- !is.na(x) & !is.na(g); mis <- tapply(is.na(x), g, sum); x <- x[ok]; g <- droplevels(g[ok]); o <- list(levels = A(levels(g)))
  o$summary <- lapply(setNames(levels(g), levels(g)), function(l) { v <- x[g == l]; q <- quantile(v, c(.25, .5, .75), type = 7); q6 <- quantile(v, c(.25, .5, .75), type = 6)
    list(n = length(v), n_missing = unname(mis[l]), mean = mean(v), sd = sd(v), min = min(v), q1 = q[[1]], median = q[[2]], q3 = q[[3]], q1_type6 = q6[[1]], q3_type6 = q6[[3]], max = max(v)) })
  if (nlevels(g) == 2) { a <- x[g == levels(g)[1]]; b <- x[g == levels(g)[2]]
    h <- t.test(a, b); o$welch_t <- list(t = unname(h$statistic), df = unname(h$parameter), p = h$p.value, diff = mean(a) - mean(b), ci = A(h$conf.int))
    h <- t.test(a, b, var.equal = TRUE); o$student_t <- list(t = unname(h$statistic), df = unname(h$parameter), p = h$p.value, ci = A(h$conf.int))
    h <- wilcox.test(a, b, exact = FALSE); h2 <- wilcox.test(a, b, exact = FALSE, correct = FALSE); o$wilcoxon <- list(W = unname(h$statistic), p_cc = h$p.value, p_nocc = h2$p.value)
    o$smd <- (mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2) }
  h <- summary(aov(x ~ g))[[1]]; o$anova <- list(F = h[1, "F value"], df1 = h[1, "Df"], df2 = h[2, "Df"], p = h[1, "Pr(>F)"])
  h <- TRY(oneway.test(x ~ g), "welch anova"); if (!is.null(h)) o$welch_anova <- list(F = unname(h$statistic), df1 = unname(h$parameter[1]), df2 = unname(h$parameter[2]), p = h$p.value)
  h <- kruskal.test(x ~ g); o$kruskal <- list(chi2 = unname(h$statistic), df = unname(h$parameter), p = h$p.value)
  o }
maxstat_section <- function(time, event, x) {
  ok <- !is.na(x); d <- data.frame(t = time[ok], e = event[ok], x = x[ok]); o <- list(minprop = .1, maxprop = .9)
  for (pm in c("Lau92", "Lau94", if (nrow(d) < 150) "HL")) { m <- TRY(maxstat.test(Surv(t, e) ~ x, data = d, smethod = "LogRank", pmethod = pm, minprop = .1, maxprop = .9), paste("maxstat", pm))
    if (!is.null(m)) { o$statistic <- unname(m$statistic); o$cutpoint_le <- unname(m$estimate); o[[paste0("p_", pm)]] <- m$p.value; o$n_cutpoints <- length(m$cuts) } }
  u <- sort(unique(d$x)); u <- u[-length(u)]; pr <- sapply(u, function(c) mean(d$x <= c)); u <- u[pr >= .1 & pr <= .9]
  X <- sapply(u, function(c) survdiff(Surv(t, e) ~ I(x <= c), d)$chisq); k <- order(-X)[1:min(3, length(X))]
  o$scan_survdiff <- list(note = "largest log-rank chi2 over cut-points x<=c with 10%..90% of patients at or below c", top_cutpoints = A(u[k]), top_chi2 = A(X[k]), n_scanned = length(u))
  o }

# ---------------------------------------------------------------- start-stop (counting process) data
mantel_byar <- function(start, stop, event, g) {                # log-rank over (start, stop] risk sets, by hand
  g <- droplevels(factor(g)); U <- 0; V <- 0; O <- E <- rep(0, 2)
  for (t in sort(unique(stop[event == 1]))) { ar <- start < t & stop >= t; n <- sum(ar); nk <- as.vector(table(g[ar])); dk <- as.vector(table(g[ar & stop == t & event == 1])); dd <- sum(dk); e <- dd * nk / n
    O <- O + dk; E <- E + e; if (n > 1) V <- V + dd * (n - dd) / (n - 1) * nk[1] * nk[2] / n^2 }
  c(chi((O[1] - E[1])^2 / V, 1), list(levels = A(levels(g)), O = A(O), E = A(E), V = V)) }
tv_section <- function(d, start, stop, event, group, models, id, landmarks) {
  sv <- paste0("Surv(", start, ", ", stop, ", ", event, ")"); S <- Surv(d[[start]], d[[stop]], d[[event]]); g <- d[[group]]; o <- list(n_rows = nrow(d), n_subjects = length(unique(d[[id]])))
  o$person_time <- as.list(tapply(d[[stop]] - d[[start]], g, sum)); o$events <- as.list(tapply(d[[event]], g, sum))
  for (l in levels(g)) o$extended_km[[l]] <- W(km_one(S[g == l], NULL, landmarks, NA), paste("ext km", l))
  o$mantel_byar <- mantel_byar(d[[start]], d[[stop]], d[[event]], g)
  d$.cl <- d[[id]]
  for (m in names(models)) { f <- as.formula(paste(sv, "~", models[[m]])); e <- W(coxph(f, d, ties = "efron"), m); b <- W(coxph(f, d, ties = "breslow"), m); r <- W(coxph(f, d, ties = "efron", cluster = .cl), m)
    o$cox[[m]] <- list(efron = cox_out(e, TRUE, TRUE), breslow = cox_out(b, FALSE), cluster = c(list(cluster = id), cox_out(r, FALSE))) }
  o }
landmark_analysis <- function(time, event, exposure_time, L, d, rhs) {  # keep time > L; exposed if exposure_time <= L
  k <- time > L; ex <- factor(ifelse(!is.na(exposure_time[k]) & exposure_time[k] <= L, "yes", "no"), c("no", "yes")); dd <- d[k, ]; dd$.t <- time[k] - L; dd$.e <- event[k]; dd$exposed <- ex
  o <- list(landmark = L, n_kept = sum(k), n_excluded = sum(!k), n_exposed = sum(ex == "yes"), events = sum(dd$.e))
  o$logrank <- strip(wlr(dd$.t, dd$.e, ex)); f <- coxph(Surv(.t, .e) ~ exposed, dd); o$cox <- cox_out(f, FALSE)
  if (!is.null(rhs)) o$cox_adjusted <- cox_out(coxph(as.formula(paste("Surv(.t, .e) ~ exposed +", rhs)), dd), FALSE)
  o }
# ---------------------------------------------------------------- one data set
make_ref <- function(cfg, dir) {
  d <- read.csv(file.path(dir, "data", cfg$file), na.strings = c("", "NA")); for (v in names(cfg$levels)) d[[v]] <- factor(as.character(d[[v]]), cfg$levels[[v]])
  time <- d[[cfg$time]]; ev <- d[[cfg$event]]; mr <- if (is.null(cfg$max_rows)) 250 else cfg$max_rows; lm <- cfg$landmarks; tau <- cfg$tau
  ae <- aeqSurv(Surv(time, ev)); time <- ae[, 1]                # same tolerance for ties (timefix) as survfit/coxph use
  S <- Surv(time, ev); tv <- paste0("Surv(", cfg$time, ", ", cfg$event, ")")
  o <- list(meta = c(list(dataset = cfg$name, source = cfg$source, data_file = cfg$file, n = nrow(d), events = sum(ev), time_col = cfg$time, event_col = cfg$event, time_unit = cfg$unit,
    levels = lapply(cfg$levels, A), landmarks = A(lm), tau = tau, conf_level = .95, note = cfg$note), versions()))
  o$km <- list(overall = W(km_one(S, NULL, lm, tau, mr), "km"), by_group = list())
  o$rank_tests <- list(); o$two_group <- list()
  for (gn in cfg$groups) { g <- droplevels(d[[gn]]); ok <- !is.na(g)
    o$km$by_group[[gn]] <- list(); for (l in levels(g)) o$km$by_group[[gn]][[l]] <- W(km_one(S[ok & g == l], NULL, lm, tau, mr), paste("km", gn, l))
    tab <- summary(survfit(S ~ g), rmean = "common")$table; com <- max(time[ok])
    o$km$rmean_common[[gn]] <- list(tau_common = com, levels = A(levels(g)), rmean = A(tab[, "rmean"]), se = A(tab[, "se(rmean)"]))
    st <- if (!is.null(cfg$strat_test) && cfg$strat_test$group == gn) d[[cfg$strat_test$strata]] else NULL
    k <- ok & (if (is.null(st)) TRUE else !is.na(st))
    o$rank_tests[[gn]] <- rank_tests(time[ok], ev[ok], g[ok])
    if (!is.null(st)) { z <- rank_tests(time[k], ev[k], g[k], st[k]); o$rank_tests[[gn]]$stratified <- c(list(by = cfg$strat_test$strata, n = sum(k)), z[grep("^stratified", names(z))]) }
    cb <- combn(levels(g), 2); o$two_group[[gn]] <- lapply(seq_len(ncol(cb)), function(j) two_group(time[ok], ev[ok], g[ok], cb[1, j], cb[2, j], tau, lm))
  }
  CX <- function(rhs, ...) as.formula(paste(tv, "~", rhs))
  o$cox <- list(univariable = list(), models = list())
  for (v in cfg$covars) { fe <- TRY(coxph(CX(v), d, ties = "efron"), paste("cox", v)); if (is.null(fe)) next; fb <- W(coxph(CX(v), d, ties = "breslow"), paste("cox breslow", v)); u <- cox_out(fe, full = FALSE)
    z <- TRY(cox.zph(fe)$table, paste("zph", v)); if (!is.null(z)) u$zph_km_global <- list(chi2 = z["GLOBAL", 1], df = z["GLOBAL", 2], p = pchisq(z["GLOBAL", 1], z["GLOBAL", 2], lower.tail = FALSE))
    u$breslow <- list(coef = A(coef(fb)), se = A(sqrt(diag(fb$var))), loglik = fb$loglik[2], score = fb$score); o$cox$univariable[[v]] <- u }
  for (mn in names(cfg$models)) { rhs <- cfg$models[[mn]]; vars <- all.vars(as.formula(paste("~", rhs))); dd <- d[complete.cases(d[, vars, drop = FALSE]), ]
    e <- TRY(coxph(CX(rhs), dd, ties = "efron", x = TRUE, model = TRUE), mn); if (is.null(e)) next
    b <- W(coxph(CX(rhs), dd, ties = "breslow"), mn); r <- list(efron = cox_out(e, TRUE, TRUE, dd[1:2, ], lm, TRUE, dd), breslow = cox_out(b, FALSE))
    r$breslow$zph <- TRY({ z <- cox.zph(b)$table; list(km_global = list(chi2 = z["GLOBAL", 1], df = z["GLOBAL", 2])) }, "zph breslow")
    if (isTRUE(cfg$exact)) { x <- TRY(coxph(CX(rhs), dd, ties = "exact"), paste(mn, "exact")); if (!is.null(x)) r$exact <- list(coef = A(coef(x)), se = A(sqrt(diag(x$var))), loglik = x$loglik[2]) }
    rb <- W(coxph(CX(rhs), dd, ties = "efron", robust = TRUE), mn); r$robust <- cox_out(rb, FALSE)
    if (!is.null(cfg$cluster)) { dd$.cl <- dd[[cfg$cluster]]; k <- !is.na(dd$.cl); r$cluster <- c(list(cluster = cfg$cluster), cox_out(W(coxph(CX(rhs), dd[k, ], ties = "efron", cluster = .cl), mn), FALSE)) }
    o$cox$models[[mn]] <- r }
  if (!is.null(cfg$iptw)) { gv <- cfg$iptw$group; d$.w <- d$w_iptw; k <- !is.na(d$.w); dk <- d[k, ]; lv <- levels(dk[[gv]])
    fm <- as.formula(paste0("I(", gv, " == '", lv[2], "') ~ ", cfg$iptw$ps)); gl <- glm(fm, binomial, dk); ps <- fitted(gl); tr <- as.integer(dk[[gv]] == lv[2]); wt <- ifelse(tr == 1, 1 / ps, 1 / (1 - ps))
    mm <- model.matrix(as.formula(paste("~", cfg$iptw$ps)), dk)[, -1, drop = FALSE]
    smd <- function(w) sapply(colnames(mm), function(v) { x <- mm[, v]; m <- function(q) weighted.mean(x[tr == q], w[tr == q]); s <- sqrt((var(x[tr == 1]) + var(x[tr == 0])) / 2); (m(1) - m(0)) / s }, simplify = FALSE)
    f <- as.formula(paste(tv, "~", gv)); a <- W(coxph(f, dk, weights = .w, robust = TRUE), "iptw"); nr <- W(coxph(f, dk, weights = .w, robust = FALSE), "iptw")
    o$iptw <- list(weight_column = "w_iptw", treated_level = lv[2], ps_formula = paste(deparse(fm), collapse = ""), ps_coef = as.list(coef(gl)), weights_recomputed_max_abs_diff = max(abs(wt - dk$.w)),
      sum_w = as.list(tapply(dk$.w, dk[[gv]], sum)), ess = as.list(tapply(dk$.w, dk[[gv]], function(w) sum(w)^2 / sum(w^2))), smd_before = smd(rep(1, nrow(dk))), smd_after = smd(dk$.w),
      cox_weighted_robust = cox_out(a, FALSE), cox_weighted_model_based_se = A(sqrt(diag(nr$var))), note = "SMD denominators: unweighted pooled SD sqrt((s1^2+s0^2)/2)")
    for (l in lv) { i <- dk[[gv]] == l; fk <- survfit(Surv(time[k][i], ev[k][i]) ~ 1, weights = dk$.w[i]); fr <- survfit(Surv(time[k][i], ev[k][i]) ~ 1, weights = dk$.w[i], robust = TRUE)
      s <- summary(fk, times = lm, extend = TRUE); sr <- summary(fr, times = lm, extend = TRUE); o$iptw$km[[l]] <- list(time = A(lm), n_risk_weighted = A(s$n.risk), surv = A(s$surv), se_default = A(s$std.err), se_robust = A(sr$std.err), median = unname(quantile(fk, .5)$quantile)) } }
  if (!is.null(cfg$cr)) { st <- d[[cfg$cr$status]]; ct <- d[[cfg$cr$time]]; o$competing_risks <- c(list(time_col = cfg$cr$time, status_col = cfg$cr$status, labels = cfg$cr$labels),
      cr_section(ct, st, lapply(setNames(cfg$cr$groups, cfg$cr$groups), function(v) d[[v]]), cfg$cr$covs, d, lm, tau, min(mr, 120))) }
  if (!is.null(cfg$maxstat)) o$cutpoint <- c(list(covariate = cfg$maxstat), TRY(maxstat_section(time, ev, d[[cfg$maxstat]]), "maxstat"))
  g <- d[[cfg$tab[1]]]; b <- factor(d[[cfg$tab[2]]])
  o$tables <- list(categorical = c(list(row_var = cfg$tab[1], col_var = cfg$tab[2]), table_section(g, b)), event_by_group = c(list(group = cfg$groups[1]), prop_section(ev[!is.na(d[[cfg$groups[1]]])], droplevels(d[[cfg$groups[1]]][!is.na(d[[cfg$groups[1]]])]))),
    event_by_group_table = table_section(d[[cfg$groups[1]]], factor(ev, 0:1)))
  if (length(cfg$cont)) o$tables$continuous <- c(list(var = cfg$cont[1], group = cfg$cont[2]), TRY(cont_section(d[[cfg$cont[1]]], d[[cfg$cont[2]]]), "cont"))
  if (length(cfg$cont) > 2) o$tables$continuous2 <- c(list(var = cfg$cont[3], group = cfg$cont[4]), TRY(cont_section(d[[cfg$cont[3]]], d[[cfg$cont[4]]]), "cont2"))
  if (!isFALSE(cfg$survreg)) { o$survreg <- list(); for (ds in c("exponential", "weibull", "lognormal", "loglogistic")) { f <- TRY(survreg(CX(cfg$groups[1]), d, dist = ds), paste("survreg", ds)); if (is.null(f)) next
      o$survreg[[ds]] <- list(coef = as.list(coef(f)), se = A(sqrt(diag(f$var))), scale = f$scale, loglik = f$loglik[2], loglik_intercept_only = f$loglik[1], aic = -2 * f$loglik[2] + 2 * (length(coef(f)) + (ds != "exponential"))) } }
  if (!is.null(cfg$extra)) o$extra <- W(cfg$extra(d), "extra")
  write_ref(o, file.path(dir, "r", sub("csv$", "json", cfg$file)))
  invisible(o)
}
