package io.doundo.orchestrator.breaker.stored;

/**
 * The key of a breaker in topics and stores that hold flows under their flowIds. It begins with a
 * control character, which no flowId has. Stateless.
 */
public final class BreakerKey {

  private static final String PREFIX = "\u0001breaker/";

  /** The first key behind those of all breakers. */
  public static final String END = "\u0001breaker0";

  /** The first key that a breaker can have. */
  public static final String BEGIN = PREFIX;

  private BreakerKey() {}

  public static String of(String breaker) {
    return PREFIX + breaker;
  }

  /** Whether it is the key of a breaker. */
  public static boolean isOne(String key) {
    return key.startsWith(PREFIX);
  }

  /**
   * The name of the breaker.
   *
   * @throws IllegalArgumentException when it is not the key of one
   */
  public static String nameIn(String key) {
    if (!isOne(key)) {
      throw new IllegalArgumentException("not the key of a breaker: " + key);
    }
    return key.substring(PREFIX.length());
  }
}
