# Rscript make_reference.R   (reads ../data/*.csv, writes ../r/*.json)
dir <- if (length(a <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))) dirname(normalizePath(a)) else "."
source(file.path(dir, "ref_lib.R"))
only <- commandArgs(TRUE); run <- function(cfg) if (!length(only) || cfg$name %in% only) make_ref(cfg, dirname(normalizePath(dir)))
run(list(name = "lung", source = "survival::lung (NCCTG)", file = "lung.csv", time = "time", event = "event", unit = "days", max_rows = 200,
  levels = list(sex = c("male", "female"), ecog = c("0", "1", "2", "3")), groups = c("sex", "ecog"), strat_test = list(group = "sex", strata = "ecog"),
  landmarks = c(90, 180, 365, 730), tau = 700, covars = c("age", "sex", "ecog", "ph_karno", "pat_karno", "meal_cal", "wt_loss"),
  models = list(multi = "age + sex + ph_karno + wt_loss", factor_ecog = "age + sex + ecog", stratified = "age + sex + ph_karno + strata(ecog)", interaction = "age * sex"),
  cluster = "inst", iptw = list(group = "sex", ps = "age + ph_karno"), maxstat = "age", tab = c("sex", "ecog"), cont = c("age", "sex", "wt_loss", "ecog"),
  note = "ecog=3 has one patient; missing values in several covariates; tau=700"))
run(list(name = "veteran", source = "survival::veteran (VA lung)", file = "veteran.csv", time = "time", event = "event", unit = "days", exact = TRUE,
  levels = list(trt = c("standard", "test"), celltype = c("squamous", "smallcell", "adeno", "large"), prior = c("no", "yes")), groups = c("trt", "celltype"), strat_test = list(group = "trt", strata = "celltype"),
  landmarks = c(30, 90, 180, 365), tau = 300, covars = c("trt", "celltype", "karno", "diagtime", "age", "prior"),
  models = list(multi = "trt + celltype + karno + diagtime + age + prior", stratified = "trt + karno + age + strata(celltype)"), iptw = list(group = "trt", ps = "age + karno + celltype"),
  maxstat = "karno", tab = c("trt", "celltype"), cont = c("karno", "trt", "age", "celltype"), note = "longest times are events: S reaches 0 in some groups; many ties; karno violates PH"))
run(list(name = "gbsg2", source = "scikit-survival 0.28 load_gbsg2 (GBSG-2)", file = "gbsg2.csv", time = "time", event = "event", unit = "days", max_rows = 120,
  levels = list(horTh = c("no", "yes"), menostat = c("Pre", "Post"), tgrade = c("I", "II", "III")), groups = c("horTh", "tgrade"), strat_test = list(group = "horTh", strata = "tgrade"),
  landmarks = c(365, 730, 1095, 1825), tau = 1825, covars = c("horTh", "menostat", "tgrade", "age", "tsize", "pnodes", "progrec", "estrec"),
  models = list(multi = "horTh + menostat + tgrade + age + tsize + pnodes + progrec + estrec", stratified = "horTh + age + tsize + pnodes + strata(tgrade)"), iptw = list(group = "horTh", ps = "age + menostat + tsize + tgrade + pnodes"),
  maxstat = "pnodes", tab = c("horTh", "tgrade"), cont = c("age", "horTh", "tsize", "tgrade"), note = "curves thinned to 120 rows; checksums cover all rows; early distinct events, light ties"))
run(list(name = "whas500", source = "scikit-survival 0.28 load_whas500 (Worcester Heart Attack Study)", file = "whas500.csv", time = "time", event = "event", unit = "days", max_rows = 150,
  levels = list(gender = c("0", "1"), chf = c("0", "1"), mitype = c("0", "1"), cvd = c("0", "1"), afb = c("0", "1"), sho = c("0", "1"), av3 = c("0", "1"), miord = c("0", "1")), groups = c("chf", "gender"), strat_test = list(group = "chf", strata = "gender"),
  landmarks = c(30, 365, 730, 1460), tau = 1460, covars = c("gender", "chf", "mitype", "sho", "age", "bmi", "hr", "sysbp", "diasbp"),
  models = list(multi = "gender + chf + age + bmi + hr + diasbp", stratified = "age + bmi + hr + chf + strata(gender)"), iptw = list(group = "chf", ps = "age + bmi + hr + diasbp"),
  maxstat = "bmi", tab = c("gender", "chf"), cont = c("age", "gender", "hr", "chf"), note = "strong early mortality, ties on day 1"))
run(list(name = "bmt", source = "scikit-survival 0.28 load_bmt (Scrucca et al. 2007)", file = "bmt.csv", time = "time", event = "event", unit = "months",
  levels = list(dis = c("ALL", "AML")), groups = "dis", landmarks = c(3, 6, 12, 24), tau = 24, covars = "dis", models = list(multi = "dis"),
  cr = list(time = "time", status = "status", labels = list("1" = "transplant related mortality", "2" = "relapse"), groups = "dis", covs = list(dis = "dis")),
  tab = c("dis", "status"), cont = c("time", "dis"), exact = TRUE, note = "event = any of the two causes (event-free survival); one event at time 0"))
run(list(name = "cgvhd", source = "scikit-survival 0.28 load_cgvhd (Pintilie 2006 subsample)", file = "cgvhd.csv", time = "time", event = "event", unit = "years",
  levels = list(dx = c("AML", "CML"), tx = c("BM", "PB"), extent = c("L", "E")), groups = c("tx", "dx"), strat_test = list(group = "tx", strata = "dx"), landmarks = c(.25, .5, 1, 2), tau = 2,
  covars = c("tx", "dx", "extent", "age"), models = list(multi = "tx + dx + extent + age", stratified = "tx + age + strata(dx)"),
  cr = list(time = "time", status = "status", labels = list("1" = "chronic GVHD", "2" = "relapse", "3" = "death"), groups = c("tx", "dx"), covs = list(tx = "tx", multi = "tx + dx + age")),
  maxstat = "age", tab = c("tx", "extent"), cont = c("age", "tx"), note = "event = any of the three causes"))
