"""Encodings that share their bytes: each text comes back, and a guess that is wrong can be corrected."""

import pytest

from core.cohort.decode import decode
from core.cohort.load import cohort_from_files
from core.spec import CohortSpec
from tests.core.cohort.tables import issue

KOREAN = "번호,이름,성별,치료,생존기간,상태\n1,김민수,남,고주파,12.5,사망\n2,이영희,여,색전술,3.0,생존\n"
POLISH = "nr;nazwisko;płeć;wątroba\n1;Wiśniewski;mężczyzna;guz\n2;Żółkiewska;kobieta;przerzut\n"
CZECH = "id;pohlaví;ložisko\n1;žena;játra\n2;muž;kost, páteř\n3;žena;děloha\n"
HUNGARIAN = "id;nem;daganat\n1;nő;máj\n2;férfi;tüdő\n3;nő;emlő\n"
ROMANIAN = "id;sex;ficat\n1;bărbat;tumoră mică\n2;femeie;fără\n"
TURKISH = "id;cinsiyet;karaciğer\n1;kadın;sağ lob\n2;erkek;küçük, ağrısız\n"
RUSSIAN = "номер;пол;печень\n1;муж;метастаз\n2;жен;опухоль\n"
GREEK = "κωδικός;φύλο;ήπαρ\n1;άνδρας;όγκος\n2;γυναίκα;μετάσταση\n"
JAPANESE = "番号,性別,転帰\n1,男性,死亡した\n2,女性,生きている\n"
GERMAN = "Nr;Geschlecht;Größe\n1;männlich;groß\n2;weiblich;früh\n"
FRENCH = "n°;sexe;foie\n1;féminin;métastase à gauche\n2;masculin;guéri\n"
PORTUGUESE = "id;sexo;lesões\n1;homem;não\n2;mulher;pulmões\n"
DANISH = "id;køn;størrelse\n1;mand;små\n2;kvinde;på højre\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (KOREAN, "euc_kr"), (KOREAN, "cp949"), (POLISH, "cp1250"), (POLISH, "iso8859_2"), (CZECH, "cp1250"),
        (HUNGARIAN, "cp1250"), (ROMANIAN, "cp1250"), (TURKISH, "cp1254"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"),
        (GREEK, "cp1253"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"), (GERMAN, "cp1252"), (GERMAN, "mac_roman"),
        (FRENCH, "latin-1"), (PORTUGUESE, "latin-1"), (DANISH, "latin-1"),
    ],
    ids=lambda value: value if len(value) < 12 else "",
)  # fmt: skip
def test_the_text_comes_back(text, encoding):
    assert decode(text.encode(encoding), name="x")[0] == text


COHORT = "id;płeć;wątroba;os_months;os_event\n" + "".join(f"{i};kobieta;żółta;{i},5;{i % 2}\n" for i in range(1, 12))


class TestTheCallerDecides:
    def test_a_guess_is_said_and_can_be_overruled(self):
        content = COHORT.encode("cp1250")
        assert "read as cp1250" in issue(cohort_from_files({"p.csv": content}, name="x"), "encoding").message
        spec = CohortSpec(patients="p.csv", encoding="cp1252")
        cohort = cohort_from_files({"p.csv": content}, name="x", spec=spec)
        assert "p³eæ" in cohort.patients.frame.columns
        assert cohort.spec.encoding == "cp1252"

    def test_an_encoding_that_is_named_is_for_files_that_are_not_unicode(self):
        spec = CohortSpec(patients="p.csv", encoding="cp1252")
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            cohort = cohort_from_files({"p.csv": COHORT.encode(encoding)}, name="x", spec=spec)
            assert "płeć" in cohort.patients.frame.columns
