# Risk ratios (Koopman's score limits, Katz's) and Barnard's test, each written out from its definition.
# Rscript tests/reference/scripts/make_risk_ratio.R > tests/reference/r/risk_ratios.json
library(jsonlite)

# Koopman: likelihood under p1 = theta * p0 maximised by search (not by the quadratic), Pearson's chi-square.
restricted <- function(theta, x1, n1, x0, n0) {
  upper <- min(1, 1 / theta)
  loglik <- function(p0) {
    p1 <- theta * p0
    sum(ifelse(c(x1, n1 - x1, x0, n0 - x0) == 0, 0, c(x1, n1 - x1, x0, n0 - x0) * log(pmax(c(p1, 1 - p1, p0, 1 - p0), 1e-300))))
  }
  optimize(loglik, c(0, upper), maximum = TRUE, tol = 1e-14)$maximum
}
chisq <- function(theta, x1, n1, x0, n0) {
  p0 <- restricted(theta, x1, n1, x0, n0)
  p1 <- theta * p0
  (x1 - n1 * p1)^2 / (n1 * p1 * (1 - p1)) + (x0 - n0 * p0)^2 / (n0 * p0 * (1 - p0))
}
koopman <- function(x1, n1, x0, n0, level) {
  q <- qchisq(level, 1)
  f <- function(lt) chisq(exp(lt), x1, n1, x0, n0) - q
  est <- log((x1 / n1) / (x0 / n0))
  at <- if (is.finite(est)) est else if (x1 == 0) -9 else 9
  low <- if (x1 == 0) 0 else exp(uniroot(f, c(-12, at - 1e-4), tol = 1e-13)$root)
  high <- if (x0 == 0) NA else exp(uniroot(f, c(at + 1e-4, 12), tol = 1e-13)$root)
  c(low, high)
}
katz <- function(x1, n1, x0, n0, level) {
  half <- qnorm((1 + level) / 2) * sqrt(1 / x1 - 1 / n1 + 1 / x0 - 1 / n0)
  (x1 / n1) / (x0 / n0) * exp(c(-half, half))
}
# Barnard: tables whose pooled |z| is not smaller, probability maximised over the common proportion.
barnard <- function(x1, n1, x0, n0) {
  z <- function(a, c) {
    p <- (a + c) / (n1 + n0)
    ifelse(a / n1 == c / n0, 0, (a / n1 - c / n0) / sqrt(p * (1 - p) * (1 / n1 + 1 / n0)))
  }
  all <- expand.grid(a = 0:n1, c = 0:n0)
  extreme <- all[abs(z(all$a, all$c)) >= abs(z(x1, x0)) - 1e-9, ]
  p <- function(pi) sum(dbinom(extreme$a, n1, pi) * dbinom(extreme$c, n0, pi))
  grid <- seq(0.0005, 0.9995, by = 0.0005)
  best <- grid[which.max(sapply(grid, p))]
  optimize(p, c(max(0, best - 0.0005), min(1, best + 0.0005)), maximum = TRUE, tol = 1e-12)$objective
}
cells <- list(c(27, 28, 60, 66), c(12, 28, 27, 66), c(11, 28, 19, 66), c(2, 28, 2, 66), c(0, 28, 5, 66), c(4, 28, 0, 66),
              c(28, 28, 60, 66), c(1, 7, 6, 9), c(56, 70, 48, 80))
out <- lapply(cells, function(x) {
  r <- list(x1 = x[1], n1 = x[2], x0 = x[3], n0 = x[4], koopman = koopman(x[1], x[2], x[3], x[4], 0.95))
  r$koopman90 <- koopman(x[1], x[2], x[3], x[4], 0.9)
  if (min(x[1], x[3]) > 0) r$katz <- katz(x[1], x[2], x[3], x[4], 0.95)
  r$barnard <- barnard(x[1], x[2], x[3], x[4])
  r
})
cat(toJSON(out, digits = 17, auto_unbox = TRUE, pretty = TRUE, na = "null"), "\n")
