package io.doundo.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "plain|plain",
        "=1+1|'=1+1",
        "+49|'+49",
        "-5|'-5",
        "@SUM(A1)|'@SUM(A1)",
        "a,b|\"a,b\"",
        "say \"hi\"|\"say \"\"hi\"\"\"",
        "=HYPERLINK(\"x\",1)|\"'=HYPERLINK(\"\"x\"\",1)\""
      })
  void aCellIsNeitherAFormulaNorTwoCells(String text, String cell) {
    assertThat(Csv.cell(text)).isEqualTo(cell);
  }

  @Test
  void cellsAreJoinedByCommas() {
    assertThat(Csv.line(List.of("a", "", "c"))).isEqualTo("a,,c");
    assertThat(Csv.cell("\t=1")).startsWith("'");
    assertThat(Csv.cell("two\nlines")).isEqualTo("\"two\nlines\"");
  }
}
