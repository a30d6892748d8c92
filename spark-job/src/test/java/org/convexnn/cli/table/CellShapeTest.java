package org.convexnn.cli.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellShapeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      quoteCharacter = '"',
      value = {
        "'' = BLANK",
        "'  ' = BLANK",
        "'NA' = MARKER",
        "'n/a' = MARKER",
        "'?' = MARKER",
        "'NULL' = MARKER",
        "'nan' = MARKER",
        "'-' = MARKER",
        "'.' = MARKER",
        "'\\N' = MARKER",
        "'TRUE' = BOOLEAN",
        "' 950 ' = SHORT_INTEGER",
        "'-12' = SHORT_INTEGER",
        "'0' = SHORT_INTEGER",
        "'1234' = LONG_INTEGER",
        "'00123' = ZERO_PADDED",
        "'-007' = ZERO_PADDED",
        "'0.5' = POINT",
        "'.5' = POINT",
        "'5.' = POINT",
        "'0.125' = POINT",
        "'1234.567' = POINT",
        "'1.234' = POINT_TRIPLE",
        "'1.234.567' = POINT_GROUPS",
        "'1.234,5' = POINT_GROUPS",
        "'3,14' = COMMA",
        "'0,123' = COMMA",
        "'1234,567' = COMMA",
        "'1,234' = COMMA_TRIPLE",
        "'1,234,567' = COMMA_GROUPS",
        "'1,234.5' = COMMA_GROUPS",
        "'1 234' = OTHER_GROUPS",
        "'1.5e-7' = EXPONENT",
        "'1E+5' = EXPONENT",
        "'1e5' = BARE_EXPONENT",
        "'Infinity' = NOT_FINITE",
        "'-inf' = NOT_FINITE",
        "'1e400' = NOT_FINITE",
        "'12D' = TEXT",
        "'12F' = TEXT",
        "'1.5f' = TEXT",
        "'0x1F' = TEXT",
        "'0x1p3' = TEXT",
        "'1,2,3' = TEXT",
        "'1.2.3' = TEXT",
        "'192.168.0.1' = TEXT",
        "'2024-01-31' = YEAR_FIRST",
        "'2024-1-3 7:05' = YEAR_FIRST",
        "'2024-01-31T12:30:05.25Z' = YEAR_FIRST",
        "'2024-01-31 12:30:05+09:00' = YEAR_FIRST",
        "'2024-02-30' = TEXT",
        "'2024-01-31 25:00' = TEXT",
        "'31/12/2024' = DAY_FIRST",
        "'31-12-2024 10:00' = DAY_FIRST",
        "'03.04.2024' = DAY_FIRST",
        "'12/31/2024 5:30 PM' = MONTH_FIRST",
        "'03/04/2024' = DAY_OR_MONTH_FIRST",
        "'31/12/24' = OTHER_DATE",
        "'31-Jan-2024' = OTHER_DATE",
        "'Jan 31, 2024' = OTHER_DATE",
        "'2024-01' = OTHER_DATE",
        "'12:30' = CLOCK",
        "'1:05:30.5 pm' = CLOCK",
        "'36:10' = TEXT",
        "'red' = TEXT"
      })
  void tellsShapes(String quoted, CellShape shape) {
    assertThat(CellShape.of(quoted.substring(1, quoted.length() - 1))).isEqualTo(shape);
  }

  @Test
  void whatAShapeIsReadByReadsIt() {
    for (String text :
        new String[] {
          "7",
          "1234",
          "007",
          "0.5",
          "1.234",
          "1.234.567",
          "1.234,5",
          "3,14",
          "1,234",
          "1,234,567",
          "1,234.5",
          "1e5",
          "1.5E-7"
        }) {
      for (Notation notation : Notation.NUMBERS) {
        if (notation.reads(CellShape.of(text))) {
          assertThat(notation.isNumber(text)).as(text + " " + notation).isTrue();
        }
      }
    }
    assertThat(Notation.COMMA.number("-1.234,5")).isEqualTo(-1234.5);
    assertThat(Notation.GROUPED.number("1,234,567.25")).isEqualTo(1234567.25);
  }

  @Test
  void aTimeIsTheSecondsThatItsClockShows() {
    LocalDateTime noon = LocalDateTime.of(2024, 3, 4, 12, 30, 5);
    double seconds = noon.toEpochSecond(ZoneOffset.UTC);
    assertThat(Notation.YEAR_FIRST.seconds("2024-03-04 12:30:05")).hasValue(seconds);
    assertThat(Notation.YEAR_FIRST.seconds("2024/3/4T12:30:05.5")).hasValue(seconds + 0.5);
    assertThat(Notation.DAY_FIRST.seconds("04/03/2024 12:30:05")).hasValue(seconds);
    assertThat(Notation.MONTH_FIRST.seconds("3/4/2024 12:30:05 PM")).hasValue(seconds);
    assertThat(Notation.MONTH_FIRST.seconds("3/4/2024 12:30:05 am")).hasValue(seconds - 43_200);
    assertThat(Notation.YEAR_FIRST.seconds("2024-03-04 12:30:05-03:30"))
        .hasValue(OffsetDateTime.of(noon, ZoneOffset.ofHoursMinutes(-3, -30)).toEpochSecond());
    assertThat(Notation.CLOCK.seconds("1:05:30.5 pm")).hasValue(13 * 3600 + 5 * 60 + 30.5);
    assertThat(Notation.YEAR_FIRST.seconds("1969-12-31")).hasValue(-86_400);
  }

  @Test
  void shapesDoNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(new Locale("tr", "TR"));
      assertThat(CellShape.of("NIL")).isEqualTo(CellShape.MARKER);
      assertThat(CellShape.of("INFINITY")).isEqualTo(CellShape.NOT_FINITE);
      assertThat(Notation.CLOCK.kind()).hasToString("clock");
      assertThat(InputColumn.Kind.TIME).hasToString("time");
    } finally {
      Locale.setDefault(before);
    }
  }
}
