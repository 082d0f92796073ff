# study.sas7bdat: the study of tests/intake/corpus.py as a SAS file. R 4.2.2, haven 2.5.1: Rscript make_sas.R
library(haven)
study <- data.frame(
  patient_id = sprintf("P%02d", 1:12), sex = rep(c("male", "female"), 6), age = 41 + 3 * (0:11),
  arm = rep(c("HIFU", "No HIFU"), 6), os_months = c(1.5, 3, 4.5, 6, 7.5, 9, 11, 12.5, 14, 16, 18, 20),
  os_event = c(1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0)
)
attr(study$os_months, "label") <- "Overall survival (months)"
write_sas(study, "study.sas7bdat")
iris <- system.file("examples", "iris.sas7bdat", package = "haven")
file.copy(iris, "iris.sas7bdat")
system("gzip -9 -n study.sas7bdat iris.sas7bdat")
