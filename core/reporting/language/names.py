"""Words that stay in Latin letters in every language: people's names in methods, programs, scales."""

from __future__ import annotations

_NAMES = """
Kaplan Meier Cox Fine Gray Aalen Johansen Nelson Fisher Wilson Newcombe Clopper Pearson Woolf Firth Efron Breslow
Schoenfeld Martingale Cochran Mantel Haenszel Welch Wilcoxon Mann Whitney Kruskal Wallis Spearman Gehan Tarone
Ware Peto Prentice Fleming Harrington Lee Simon Makuch Greenwood Holm Bonferroni Benjamini Hochberg Hommel Barnard
Boschloo Miettinen Nurminen Agresti Coull Jeffreys Clark Schemper Smith Brookmeyer Crowley Gauss Weibull Akaike
Bayes Rubin Schwarz Harrell Uno Grambsch Therneau Lunn McNeil Lausen Schumacher Contal Quigley Hothorn Lan DeMets
Anderson Gill Lin Wei Ghosh Kalbfleisch Child Pugh Epanechnikov Poisson Kish Ederer Shapiro Wilk Levene Ki Max
numpy pandas scipy streamlit altair
MaxCombo Combo mRECIST RECIST Excel Word PowerPoint Prism GraphPad Stata SAS SPSS Python lifelines Markdown
Cohortscope REDCap ADaM CSV PDF PNG SVG TIFF HTML LaTeX JSON log rank vs et al Latin Windows Lancet pH mg mL mm
cm ng IU dL kg min mmol STROBE REMARK survfit coxph sksurv scikit muhaz cmprsk Ctrl Okabe Ito
"""
NAMES = frozenset(_NAMES.split())
