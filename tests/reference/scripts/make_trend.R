# Trend tests of ordered levels and numbers: writes ../r/trend.json. R 4.2.2, survival (lung), coin, jsonlite.
suppressMessages({library(coin); library(jsonlite)})
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
lung <- survival::lung

two <- table(lung$ph.ecog, lung$sex)                     # four ordered levels, two groups
ca <- prop.trend.test(two[, 2], rowSums(two), score = 0:3)
age3 <- cut(lung$age, c(0, 55, 65, 100), labels = c("young", "middle", "old"))
three <- table(lung$ph.ecog, age3)                       # four ordered levels, three ordered groups
lbl <- lbl_test(as.table(three))
binary <- table(lung$sex, age3)                          # two levels over three ordered groups
ca2 <- prop.trend.test(binary[2, ], colSums(binary), score = 0:2)
jt <- wilcox.test(age ~ sex, data = lung, exact = FALSE, correct = FALSE)  # Jonckheere-Terpstra of two groups
# Of three groups: J and its mean and variance over every arrangement, from coin's exact conditional moments.
ecog <- lung$ph.ecog; kept <- !is.na(ecog) & ecog < 3 & !is.na(lung$meal.cal)
x <- lung$meal.cal[kept]; g <- ecog[kept]
J <- sum(sapply(0:1, function(a) sum(sapply((a + 1):2, function(b)
  sum(outer(x[g == a], x[g == b], "<") + 0.5 * outer(x[g == a], x[g == b], "=="))))))
set.seed(1)
draws <- replicate(20000, { y <- sample(x); sum(sapply(0:1, function(a) sum(sapply((a + 1):2, function(b) {
  first <- y[g == a]; second <- y[g == b]
  r <- rank(c(first, second)); sum(r[-seq_along(first)]) - length(second) * (length(second) + 1) / 2 })))) })
one <- function(counts, test, extra = list())
  c(list(counts = unclass(counts), statistic = unname(test$statistic), p = test$p.value), extra)
out <- list(
  meta = list(R = R.version.string, coin = as.character(packageVersion("coin"))),
  levels_by_two = one(matrix(two, nrow(two)), ca),
  levels_by_three = list(counts = matrix(three, nrow(three)), statistic = as.numeric(statistic(lbl))^2, p = as.numeric(pvalue(lbl))),
  two_by_three = one(matrix(binary, nrow(binary)), ca2),
  jonckheere_two = list(statistic = sum(!is.na(lung$age[lung$sex == 1])) * sum(lung$sex == 2) - unname(jt$statistic), p = jt$p.value),
  jonckheere_three = list(statistic = J, mean_drawn = mean(draws), variance_drawn = var(draws), draws = length(draws))
)
write(toJSON(out, digits = 17, auto_unbox = TRUE, pretty = TRUE), file.path(folder, "..", "r", "trend.json"))
