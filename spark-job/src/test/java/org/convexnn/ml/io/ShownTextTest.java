package org.convexnn.ml.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTextTest {

  /** Terminals' own (ECMA-48: C0, DEL, C1), ends of lines, and Unicode's directions and marks. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 7, 8, 9, 0x0a, 0x0d, 0x1b, 0x7f, 0x80, 0x9b, 0x9d, 0x9f, 0xad, 0x61c, 0x200b, 0x200e,
        0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xd800, 0xdfff, 0xe0041
      })
  void charactersThatAreNotSeenAreNumbers(int c) {
    String shown = ShownText.of("a" + new String(Character.toChars(c)) + "b");
    assertThat(shown).isEqualTo(String.format("a\\u%04xb", c));
  }

  /** Also what is outside the first plane, and the joiners that scripts and emoji need. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gr\u00f6\u00dfe",
        "\u0645\u06cc\u200c\u062e",
        "\ud83d\udc69\u200d\ud83d\udcbb",
        "a | b\\c"
      })
  void whatIsSeenStays(String text) {
    assertThat(ShownText.of(text)).isEqualTo(text);
  }
}
