# Response rates of two groups, plain and stratified. Run: Rscript tests/reference/scripts/make_response.R
# Writes tests/reference/r/response.json. fisher.test finds its odds ratio and limits by uniroot to about four figures;
# `tight` solves the same equations (noncentral hypergeometric, as in fisher.test) to full precision.
suppressMessages(library(jsonlite))

tight <- function(x, m, n, k) {
  support <- max(0, k - n):min(k, m)
  logdc <- dhyper(support, m, n, k, log = TRUE)
  dn <- function(ncp) { d <- logdc + log(ncp) * support; d <- exp(d - max(d)); d / sum(d) }
  solve <- function(f) exp(uniroot(function(t) f(exp(t)), c(-50, 50), tol = 1e-15, maxiter = 10000)$root)
  lo <- support[1]; hi <- support[length(support)]
  list(
    estimate = if (x == lo) 0 else if (x == hi) "Inf" else solve(function(p) sum(support * dn(p)) - x),
    low = if (x == lo) 0 else solve(function(p) sum(dn(p)[support >= x]) - 0.025),
    high = if (x == hi) "Inf" else solve(function(p) sum(dn(p)[support <= x]) - 0.025)
  )
}

one <- function(x1, n1, x0, n0) {
  table <- matrix(c(x1, n1 - x1, x0, n0 - x0), 2)  # columns: other group, reference
  f <- fisher.test(table)
  out <- list(x1 = x1, n1 = n1, x0 = x0, n0 = n0, fisher_p = f$p.value,
              fisher_estimate = f$estimate[[1]], fisher_low = f$conf.int[1], fisher_high = f$conf.int[2],
              tight = tight(x1, n1, n0, x1 + x0),
              binom_low = binom.test(x1, n1)$conf.int[1], binom_high = binom.test(x1, n1)$conf.int[2],
              wilson = as.numeric(prop.test(x1, n1, correct = FALSE)$conf.int))
  if (all(table > 0)) {
    data <- data.frame(event = c(1, 0, 1, 0), group = c(1, 1, 0, 0), w = as.numeric(table))
    fit <- glm(event ~ group, binomial, data, weights = w, control = glm.control(epsilon = 1e-15, maxit = 100))
    out$woolf <- c(exp(coef(fit)[[2]]), as.numeric(exp(confint.default(fit)[2, ])))
  }
  out
}

stratified <- function(name, table) {  # event (yes first) x group (reference last) x stratum
  corrected <- mantelhaen.test(table)
  plain <- mantelhaen.test(table, correct = FALSE)
  list(name = name, counts = apply(table, 3, function(s) s[1, ]), sizes = apply(table, 3, colSums),
       statistic = corrected$statistic[[1]], df = corrected$parameter[[1]], p_value = corrected$p.value,
       statistic_uncorrected = plain$statistic[[1]], p_value_uncorrected = plain$p.value,
       odds_ratio = if (is.null(corrected$estimate)) NULL else c(corrected$estimate[[1]], corrected$conf.int))
}

set.seed(1)
three <- array(rpois(2 * 3 * 4, 6) + 1, c(2, 3, 4))
small <- array(c(2, 5, 3, 6, 1, 1, 0, 4, 3, 2, 1, 7, 0, 2, 1, 1), c(2, 2, 4))
out <- list(
  meta = list(R = R.version.string),
  pairs = lapply(list(c(10, 28, 17, 66), c(23, 28, 44, 66), c(0, 12, 5, 20), c(12, 12, 5, 20), c(1, 9, 8, 9),
                      c(3, 4, 1, 400), c(250, 1000, 300, 1000)), function(v) do.call(one, as.list(v))),
  strata = list(stratified("UCBAdmissions", UCBAdmissions), stratified("small", small), stratified("three groups", three))
)
write_json(out, "tests/reference/r/response.json", auto_unbox = TRUE, digits = 15, na = "null")
