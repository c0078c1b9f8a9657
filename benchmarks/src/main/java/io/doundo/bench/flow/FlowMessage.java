package io.doundo.bench.flow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Random;

/**
 * The messages of a flow as bytes. Every payload ends with who wrote it last, how many workers have
 * had it, and its scenario, at fixed places from its end, so that a relay and a worker need not
 * parse it; results differ for each step, so each is stored separately.
 */
final class FlowMessage {

  private static final String TAIL = "\"by\":\"s00\",\"hop\":\"00\",\"via\":\"0\"}}";
  private static final int BY = TAIL.length() - TAIL.indexOf("00");
  private static final int HOP = TAIL.length() - TAIL.lastIndexOf("00");
  private static final int VIA = TAIL.length() - TAIL.lastIndexOf('0');
  private static final String PAYLOAD_BEGINS = "{\"pad\":\"";
  private static final byte[] LETTERS = letters();
  private static final int NUMBER_DIGITS = 8;
  private static final int TAG_LENGTH = 5;

  /** Length of a flowId: the tag of its run, a dash, its number. */
  static final int FLOW_ID_LENGTH = TAG_LENGTH + 1 + NUMBER_DIGITS;

  private FlowMessage() {}

  /** The flowId of the first flow of a run, as a template. */
  static byte[] flowId(int run, int number) {
    byte[] id = new byte[FLOW_ID_LENGTH];
    id[0] = 'f';
    putDigits(id, 1, TAG_LENGTH - 1, run);
    id[TAG_LENGTH] = '-';
    putDigits(id, TAG_LENGTH + 1, NUMBER_DIGITS, number);
    return id;
  }

  /** The run of a flowId, or -1 when it is none of ours. */
  static int run(byte[] flowId) {
    return flowId.length == FLOW_ID_LENGTH && flowId[0] == 'f'
        ? digits(flowId, 1, TAG_LENGTH - 1)
        : -1;
  }

  static int number(byte[] flowId) {
    return digits(flowId, TAG_LENGTH + 1, NUMBER_DIGITS);
  }

  /** Letters to pad payloads with, more than any compression looks back. */
  private static byte[] letters() {
    Random random = new Random(1);
    byte[] letters = new byte[1 << 22];
    for (int i = 0; i < letters.length; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
    return letters;
  }

  private static int padding(Scenario scenario) {
    return scenario.payloadBytes() - PAYLOAD_BEGINS.length() - "\",".length() - TAIL.length() + 1;
  }

  /** A payload object of exactly this size, not yet touched by a worker, and not yet padded. */
  private static String payload(Scenario scenario) {
    String end = "\"," + TAIL.substring(0, TAIL.length() - 1);
    int padding = padding(scenario);
    StringBuilder payload = new StringBuilder(PAYLOAD_BEGINS);
    payload.append("x".repeat(padding));
    payload.append(end);
    int via = payload.length() - VIA + 1;
    payload.setCharAt(via, (char) ('0' + scenario.route()));
    return payload.toString();
  }

  /** Starts of one run, each a copy of a template with its own flowId and its own padding. */
  static final class Starts {

    private final int run;
    private final byte[] template;
    private final int flowIdAt;
    private final int paddingAt;
    private final int padding;

    /** The product's start event, or for the limit an envelope of the size of a command's. */
    Starts(Scenario scenario, Mode mode, int run) {
      this(scenario, run, envelope(scenario, mode, new String(flowId(run, 0), ISO_8859_1)));
    }

    private Starts(Scenario scenario, int run, String text) {
      this.run = run;
      this.template = text.getBytes(ISO_8859_1);
      this.flowIdAt = text.indexOf(new String(flowId(run, 0), ISO_8859_1));
      this.paddingAt = text.indexOf(PAYLOAD_BEGINS) + PAYLOAD_BEGINS.length();
      this.padding = padding(scenario);
    }

    /** The payloads alone, for engines that number their flows themselves. */
    static Starts payloads(Scenario scenario) {
      return new Starts(scenario, 0, payload(scenario));
    }

    private static String envelope(Scenario scenario, Mode mode, String id) {
      String headers =
          mode == Mode.LIMIT
              ? """
              {"flowId":"%s","orchestrationName":"%s","stepName":"s01","action":"DO","seq":1,\
              "attempt":1,"eventType":"dos01","timestamp":"2026-01-01T00:00:00.000Z"}"""
              : """
              {"flowId":"%s","orchestrationName":"%s"}""";
      return "{\"headers\":"
          + headers.formatted(id, scenario.orchestration(mode))
          + ",\"payload\":"
          + payload(scenario)
          + '}';
    }

    byte[] key(int number) {
      return flowId(run, number);
    }

    byte[] value(int number) {
      byte[] value = template.clone();
      if (flowIdAt >= 0) {
        putDigits(value, flowIdAt + TAG_LENGTH + 1, NUMBER_DIGITS, number);
      }
      int from = (int) ((long) number * padding % (LETTERS.length - padding));
      System.arraycopy(LETTERS, from, value, paddingAt, padding);
      return value;
    }
  }

  /** How many workers have had the message. */
  static int hop(byte[] value) {
    return digits(value, value.length - HOP, 2);
  }

  static int route(byte[] value) {
    return value[value.length - VIA] - '0';
  }

  /** Marks a message, in place, as handed on by a step's worker. */
  static void passOn(byte[] value, int step) {
    putDigits(value, value.length - BY, 2, step);
    putDigits(value, value.length - HOP, 2, hop(value) + 1);
  }

  /** Whether a result is the one that this worker gives as the n-th that has the message. */
  static boolean isResult(byte[] payload, int step, int hop) {
    // A payload alone lacks the last brace of the envelope.
    return digits(payload, payload.length + 1 - BY, 2) == step
        && digits(payload, payload.length + 1 - HOP, 2) == hop;
  }

  private static void putDigits(byte[] bytes, int at, int count, int number) {
    int rest = number;
    for (int i = at + count - 1; i >= at; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static int digits(byte[] bytes, int at, int count) {
    int number = 0;
    for (int i = at; i < at + count; i++) {
      number = 10 * number + bytes[i] - '0';
    }
    return number;
  }
}
