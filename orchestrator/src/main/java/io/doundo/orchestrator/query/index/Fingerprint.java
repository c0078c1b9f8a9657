package io.doundo.orchestrator.query.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Groups errors by their cause: the same orchestration, step, action and kind, and the same text
 * once ids, numbers, times and quoted values are taken out of it. An HTTP status and an SQLState
 * mean something and stay. The rules have a version, which is part of each fingerprint: changing
 * one of them changes the version. Stateless.
 */
public final class Fingerprint {

  /** The version of these rules, in front of each fingerprint. */
  public static final String VERSION = "v1:";

  private static final int HASH_BYTES = 8;

  /** How much of a text is looked at. */
  private static final int LONGEST_TEXT = 1_024;

  private static final int LONGEST_TEMPLATE = 256;

  /** Digits that stay are moved here while the others are replaced. */
  private static final char KEPT_ZERO = '\uE000';

  private record Rule(Pattern pattern, String replacement) {
    static Rule of(String regex, String replacement) {
      return new Rule(Pattern.compile(regex), replacement);
    }
  }

  /** In this order; the texts are in lower case by then. */
  private static final List<Rule> RULES =
      List.of(
          Rule.of("(https?://[^\\s?\"'<>]++)\\?[^\\s\"'<>]*+", "$1?<query>"),
          Rule.of("\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b", "<uuid>"),
          Rule.of("(?<![\\w.+-])[\\w.+-]++@[\\w-]++(?:\\.[\\w-]++)+", "<email>"),
          Rule.of(
              "\\b\\d{4}-\\d\\d-\\d\\d(?:[t ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d++)?)?"
                  + "(?:z\\b|[+-]\\d\\d:?\\d\\d)?)?",
              "<time>"),
          Rule.of("\\b\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d++)?\\b", "<time>"),
          Rule.of("\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d{1,5})?\\b", "<ip>"),
          Rule.of("\\[?(?<![\\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\\w:])\\]?", "<ip>"),
          Rule.of("(?<!\\w)\"[^\"]*+\"", "<text>"),
          Rule.of("(?<!\\w)'[^']*+'(?!\\w)", "<text>"),
          Rule.of("(?<!\\w)`[^`]*+`", "<text>"),
          Rule.of("\\b(?:0x)?(?=[a-f]*+\\d)[0-9a-f]{8,}\\b", "<hex>"),
          Rule.of("\\d++(?:[.,]\\d++)*+", "<n>"),
          Rule.of("\\s++", " "));

  private static final Pattern MEANT =
      Pattern.compile(
          "\\b(?:http(?:/\\d(?:\\.\\d)?)?|status(?: code)?)[ :=]{1,2}\\d{3}\\b"
              + "|\\bsql ?state[ :=\\[]{1,3}[0-9a-z]{5}\\b");

  private Fingerprint() {}

  /** The group of an error. */
  static ErrorGroup group(
      String orchestration, String step, String action, String kind, String error) {
    String template = template(error);
    String all = String.join("\0", orchestration, step, action, kind, template);
    String hash = HexFormat.of().formatHex(sha256(all.getBytes(UTF_8)), 0, HASH_BYTES);
    return new ErrorGroup(VERSION + hash, orchestration, step, action, kind, template);
  }

  /**
   * The group of a dead letter. It has its own kind, so that it is never in a group with the errors
   * of flows.
   *
   * @param topic where the dead letter came from
   */
  public static ErrorGroup ofDeadLetter(String topic, String reason) {
    return group(topic, "", "", "DEAD_LETTER", reason);
  }

  /** A text without what differs from flow to flow. */
  static String template(String error) {
    String text = error.length() > LONGEST_TEXT ? error.substring(0, LONGEST_TEXT) : error;
    text = keepMeant(text.toLowerCase(Locale.ROOT));
    for (Rule rule : RULES) {
      text = rule.pattern().matcher(text).replaceAll(rule.replacement());
    }
    text = release(text.strip());
    return text.length() > LONGEST_TEMPLATE ? text.substring(0, LONGEST_TEMPLATE) : text;
  }

  private static String keepMeant(String text) {
    Matcher meant = MEANT.matcher(text);
    return meant.replaceAll(found -> moved(found.group()));
  }

  private static String moved(String text) {
    StringBuilder moved = new StringBuilder(text.length());
    text.chars()
        .map(c -> c >= '0' && c <= '9' ? KEPT_ZERO + c - '0' : c)
        .forEach(c -> moved.append((char) c));
    return Matcher.quoteReplacement(moved.toString());
  }

  private static String release(String text) {
    StringBuilder released = new StringBuilder(text.length());
    text.chars()
        .map(c -> c >= KEPT_ZERO && c <= KEPT_ZERO + 9 ? '0' + c - KEPT_ZERO : c)
        .forEach(c -> released.append((char) c));
    return released.toString();
  }

  private static byte[] sha256(byte[] value) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(value);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
