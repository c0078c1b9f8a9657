package io.doundo.orchestrator.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Changes documents. The same seed gives the same change. */
public final class Mutator {

  /** Inputs on which parsers have failed, here and elsewhere. */
  private static final List<String> NASTY =
      List.of(
          "\u0000",
          "\uFEFF",
          "\u202E",
          "\uD83D\uDE00",
          "\\ud800",
          "\\u0000",
          "1e999999999",
          "-0",
          "9".repeat(400),
          "0x7fffffffffffffff",
          "NaN",
          "null",
          "true",
          "[]",
          "{}",
          "\"\"",
          "{\"a\":".repeat(150),
          "[".repeat(5_000),
          "{\"flowId\":\"x\",\"flowId\":\"y\"}",
          "\"" + "k".repeat(70_000) + "\":1,",
          "&a [*a,*a]",
          "a: &a [x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n",
          "<<: *a",
          "!!javax.script.ScriptEngineManager [!!java.net.URL [\"http://localhost/\"]]",
          "---\n",
          "...\n",
          "\t",
          "\r\n",
          "? - : - ",
          "%YAML 9.9\n",
          "'",
          "\"",
          "}",
          ",",
          ":");

  private static final byte[][] NO_TEXT = {
    {(byte) 0xC3, 0x28}, {(byte) 0xFF}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, {(byte) 0xC0, 0}
  };

  private static final int LONGEST = 400_000;

  private final RandomGenerator random;

  public Mutator(long seed) {
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** One of these, as it is. */
  public <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** One of the documents, with one to six changes. */
  public byte[] mutated(List<byte[]> corpus) {
    byte[] bytes = one(corpus);
    int changes = 1 + random.nextInt(6);
    for (int i = 0; i < changes && bytes.length < LONGEST; i++) {
      bytes = change(bytes, corpus);
    }
    return bytes;
  }

  private byte[] change(byte[] bytes, List<byte[]> corpus) {
    int at = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, at + random.nextInt(40));
    return switch (random.nextInt(9)) {
      case 0 -> flipped(bytes, at);
      case 1 -> Arrays.copyOf(bytes, at);
      case 2 -> replaced(bytes, at, to, new byte[0]);
      case 3 -> replaced(bytes, at, to, one(NASTY).getBytes(UTF_8));
      case 4 -> replaced(bytes, at, at, one(NASTY).getBytes(UTF_8));
      case 5 -> replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
      case 6 -> replaced(bytes, at, to, NO_TEXT[random.nextInt(NO_TEXT.length)]);
      case 7 -> swapped(bytes);
      default -> {
        byte[] other = one(corpus);
        yield replaced(
            bytes,
            at,
            bytes.length,
            Arrays.copyOfRange(other, Math.min(at, other.length), other.length));
      }
    };
  }

  private byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    if (copy.length > 0) {
      copy[at % copy.length] ^= (byte) (1 << random.nextInt(8));
    }
    return copy;
  }

  /** Replaces one word of the document by another of its words. */
  private byte[] swapped(byte[] bytes) {
    String[] words = new String(bytes, UTF_8).split("(?<=[,:{}\\[\\]\\n])|(?=[,:{}\\[\\]\\n])", -1);
    if (words.length > 2) {
      words[random.nextInt(words.length)] = words[random.nextInt(words.length)];
    }
    return String.join("", words).getBytes(UTF_8);
  }

  private static byte[] replaced(byte[] bytes, int from, int to, byte[] with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    out.writeBytes(with);
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }
}
