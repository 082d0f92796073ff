# Differences of two proportions within strata. Run: Rscript tests/reference/scripts/make_stratified_difference.R
# Writes tests/reference/r/stratified_difference.json. No package of a plain R has these intervals: the score limits are
# found from the definition, with the restricted maximum likelihood searched for by optimize() instead of solved, and
# Newcombe's and Sato's limits are the printed formulas, stratum by stratum.
suppressMessages(library(jsonlite))

restricted <- function(x1, n1, x0, n0, delta) {  # p0 that maximises the likelihood under p1 = p0 + delta
  low <- max(0, -delta); high <- min(1, 1 - delta)
  term <- function(x, p) if (x == 0) 0 else x * log(p)
  minus <- function(p0) -(term(x1, p0 + delta) + term(n1 - x1, 1 - p0 - delta) + term(x0, p0) + term(n0 - x0, 1 - p0))
  found <- suppressWarnings(optimize(minus, c(low, high), tol = 1e-12))
  ends <- c(low, high)[is.finite(suppressWarnings(c(minus(low), minus(high))))]
  candidates <- c(found$minimum, ends)
  candidates[which.min(sapply(candidates, minus))]
}
variance <- function(x1, n1, x0, n0, delta) {
  p0 <- restricted(x1, n1, x0, n0, delta); p1 <- p0 + delta
  (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * (n1 + n0) / (n1 + n0 - 1)
}
stratified <- function(name, x1, n1, x0, n0, z = qnorm(0.975)) {
  w <- n1 * n0 / (n1 + n0); w <- w / sum(w)
  d <- sum(w * (x1 / n1 - x0 / n0))
  chi <- function(delta) {
    v <- mapply(variance, x1, n1, x0, n0, MoreArgs = list(delta = delta))
    (d - delta)^2 / sum(w^2 * v) - z^2
  }
  score <- c(uniroot(chi, c(-0.99999, d - 1e-6), tol = 1e-12)$root, uniroot(chi, c(d + 1e-6, 0.99999), tol = 1e-12)$root)
  wilson <- function(x, n) {
    p <- sum(w * x / n); lambda <- sum(w^2 / n)
    f <- function(t) (p - t)^2 - z^2 * lambda * t * (1 - t)
    c(p, if (p <= 0) 0 else uniroot(f, c(0, p), tol = 1e-14)$root, if (p >= 1) 1 else uniroot(f, c(p, 1), tol = 1e-14)$root)
  }
  a <- wilson(x1, n1); b <- wilson(x0, n0)
  newcombe <- c(d - sqrt((a[1] - a[2])^2 + (b[3] - b[1])^2), d + sqrt((a[3] - a[1])^2 + (b[1] - b[2])^2))
  N <- n1 + n0
  P <- sum((n1^2 * x0 - n0^2 * x1 + n1 * n0 * (n0 - n1) / 2) / N^2)
  Q <- sum((x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * N))
  se <- sqrt((d * P + Q) / sum(n1 * n0 / N)^2)
  list(name = name, x1 = x1, n1 = n1, x0 = x0, n0 = n0, estimate = d, score = score, newcombe = newcombe,
       sato = d + c(-1, 1) * z * se, score_at_zero = (chi(0) + z^2),
       cmh = if (length(x1) < 2) chi(0) + z^2 else
         mantelhaen.test(array(rbind(x1, n1 - x1, x0, n0 - x0), c(2, 2, length(x1))), correct = FALSE)$statistic[[1]])
}
b <- UCBAdmissions
out <- list(
  meta = list(R = R.version.string),
  cases = list(
    stratified("Berkeley", b[1, 1, ], colSums(b[, 1, ]), b[1, 2, ], colSums(b[, 2, ])),
    stratified("two strata of a migraine trial", c(16, 12), c(27, 28), c(5, 7), c(25, 26)),
    stratified("sparse", c(2, 0, 3, 0, 1), c(3, 4, 3, 2, 2), c(1, 0, 2, 1, 0), c(4, 3, 5, 6, 1)),
    stratified("rare", c(1, 0, 2), c(40, 35, 60), c(0, 0, 1), c(38, 41, 55)),
    stratified("one stratum", 10, 28, 17, 66)
  )
)
write_json(out, "tests/reference/r/stratified_difference.json", auto_unbox = TRUE, digits = 15, na = "null")
