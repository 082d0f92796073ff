"""Patients and lesions of the HCC cohort at ablation: plausible, not from any study."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sample_data.generator.chance import Chance

N_LESIONS = {1: 0.63, 2: 0.23, 3: 0.10, 4: 0.04}
ETIOLOGY = {"Hepatitis B": 0.62, "Hepatitis C": 0.13, "Alcohol": 0.10, "Metabolic": 0.11, "Other": 0.04}
ADJUVANT = {"None": 0.66, "ICI": 0.17, "Metformin": 0.09, "Arsenic trioxide": 0.05, "Melatonin": 0.03}
SEGMENT = {"S1": 1.0, "S2": 6.0, "S3": 7.0, "S4": 14.0, "S5": 16.0, "S6": 17.0, "S7": 16.0, "S8": 23.0}
BIOPSIED = 0.55  # tissue markers are missing in the others


@dataclass
class Lesion:
    """One ablated tumour."""

    segment: str
    size_cm: float
    vessel_mm: float
    subcapsular: bool
    margin_mm: float
    complete: bool


@dataclass
class Patient:
    """One patient at the time of ablation."""

    sex: str
    age: int
    etiology: str
    cirrhosis: bool
    ecog: int
    albumin: float
    bilirubin: float
    ascites: bool
    platelets: int
    afp: float
    vegf: int
    lactate: float
    modality: str
    adjuvant: str
    markers: dict[str, bool] | None
    lesions: list[Lesion] = field(default_factory=list)

    @property
    def largest(self) -> float:
        """Diameter of the largest lesion in cm."""
        return max(lesion.size_cm for lesion in self.lesions)

    @property
    def nearest_vessel(self) -> float:
        """Smallest distance of a lesion to a major vessel in mm."""
        return min(lesion.vessel_mm for lesion in self.lesions)

    @property
    def complete(self) -> bool:
        """Whether every lesion was ablated completely."""
        return all(lesion.complete for lesion in self.lesions)

    @property
    def albi(self) -> float:
        """Albumin-bilirubin score (Johnson et al. 2015): 0.66 log10(bilirubin, umol/L) - 0.085 albumin (g/L)."""
        return 0.66 * math.log10(self.bilirubin) - 0.085 * self.albumin

    @property
    def albi_grade(self) -> int:
        """1 to -2.60, 2 to -1.39, 3 above."""
        return 1 + (self.albi > -2.60) + (self.albi > -1.39)

    @property
    def child_pugh(self) -> int:
        """Points: bilirubin (34, 51 umol/L), albumin (35, 28 g/L), ascites; INR and encephalopathy normal."""
        bilirubin = 1 + (self.bilirubin > 34) + (self.bilirubin > 51)
        albumin = 1 + (self.albumin < 35) + (self.albumin < 28)
        return bilirubin + albumin + (2 if self.ascites else 1) + 2

    @property
    def bclc(self) -> str:
        """BCLC stage from size, number and performance: 0, A, B, C."""
        if self.ecog > 0:
            return "C"
        if len(self.lesions) == 1:
            return "0" if self.largest <= 2.0 else "A"
        return "A" if len(self.lesions) <= 3 and self.largest <= 3.0 else "B"


def patient(chance: Chance) -> Patient:
    """Draw one patient with lesions; the columns depend on one another as they do in clinics."""
    etiology = chance.weighted(ETIOLOGY)
    cirrhosis = chance.happens(0.95 if etiology == "Alcohol" else 0.78)
    reserve = chance.normal(0.0, 1.0) - (0.4 if cirrhosis else 0.0)  # liver reserve, latent
    aggressive = chance.normal(0.0, 1.0)  # tumour biology, latent
    modality = "MWA" if chance.happens(0.56) else "RFA"
    albumin = min(52.0, max(25.0, 40.5 + 3.6 * reserve + chance.normal(0.0, 2.2)))
    bilirubin = max(5.0, 15.5 * math.exp(-0.34 * reserve + chance.normal(0.0, 0.28)))
    afp = min(60000.0, max(0.9, 14.0 * math.exp(1.25 * aggressive + chance.normal(0.0, 1.2))))
    out = Patient(
        sex="Male" if chance.happens(0.79) else "Female",
        age=int(min(85, max(31, chance.normal(60.0, 10.0)))),
        etiology=etiology,
        cirrhosis=cirrhosis,
        ecog=1 if chance.happens(0.08) else 0,
        albumin=round(albumin, 1),
        bilirubin=round(bilirubin, 1),
        ascites=chance.happens(0.16 if albumin < 35 else 0.02),
        platelets=int(max(28, chance.normal(112 if cirrhosis else 185, 44))),
        afp=round(afp, 1),
        vegf=int(max(40, 260 * math.exp(0.28 * aggressive + chance.normal(0.0, 0.35)))),
        lactate=round(max(0.6, chance.normal(1.7 + 0.22 * aggressive, 0.45)), 1),
        modality=modality,
        adjuvant=chance.weighted(ADJUVANT),
        markers=_markers(aggressive, chance),
    )
    for i in range(chance.weighted(N_LESIONS)):
        out.lesions.append(_lesion(modality, first=i == 0, aggressive=aggressive, chance=chance))
    return out


def _markers(aggressive: float, chance: Chance) -> dict[str, bool] | None:
    """Tissue markers of a biopsied tumour; None where there was no biopsy."""
    if not chance.happens(BIOPSIED):
        return None
    usual = {"pd_l1": 0.28, "hsp90": 0.45, "cd133": 0.30, "epcam": 0.32}
    return {name: chance.normal(0.5 * aggressive, 1.0) > 1.1 * _quantile(1 - share) for name, share in usual.items()}


def _quantile(p: float) -> float:
    """Rough normal quantile (Tukey's lambda), good enough to set a prevalence."""
    return 4.91 * (math.pow(p, 0.14) - math.pow(1 - p, 0.14))


def _lesion(modality: str, *, first: bool, aggressive: float, chance: Chance) -> Lesion:
    typical = 2.35 if first else 1.6
    size = round(min(7.5, max(0.7, typical * math.exp(0.12 * aggressive + chance.normal(0.0, 0.36)))), 1)
    vessel = round(min(45.0, chance.exponential(1 / 13.0)), 0)
    margin = chance.normal(
        7.6 - 1.25 * (size - 2) - (1.8 if vessel < 3 else 0) + (0.7 if modality == "MWA" else 0), 2.4
    )
    missed = 1 / (1 + math.exp(3.75 - 0.75 * (size - 2) - (0.9 if vessel < 3 else 0)))
    complete = not chance.happens(missed)
    return Lesion(
        segment=chance.weighted(SEGMENT),
        size_cm=size,
        vessel_mm=vessel,
        subcapsular=chance.happens(0.3),
        margin_mm=round(max(0.0, margin if complete else 0.0), 0),
        complete=complete,
    )
