package io.doundo.worker.fence;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The scope of a Redis failure, which determines the remedy. */
enum RedisFailure {
  /**
   * The server as it is now: it cannot be reached, does not answer in time, or refuses every write.
   * Whether a silence is the connection's, a check finds out.
   */
  SERVER,

  /**
   * The server, and another connection may lead to one that can: a master that became a replica,
   * one that still loads its data, a cluster that has lost slots.
   */
  CONNECTION,

  /** One record: what its key holds is not what a script can work with. */
  RECORD;

  /**
   * The code of an error, as Redis 7 puts it first. Redis 6 wraps the errors of a script: {@code
   * ERR Error running script (…): @user_script:12: -READONLY You can't write …}.
   */
  private static final Pattern CODE = Pattern.compile("(?:^|: ?-)([A-Z]{3,})\\b");

  private static final Set<String> OF_CONNECTION =
      Set.of("READONLY", "LOADING", "MISCONF", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN");
  private static final Set<String> OF_SERVER =
      Set.of(
          "OOM", "NOREPLICAS", "BUSY", "NOPERM", "NOAUTH", "WRONGPASS", "UNKILLABLE", "EXECABORT");

  /** Where in which script an error was met, in the words of Redis 6, 7 and Valkey. */
  private static final Pattern PLACE =
      Pattern.compile(
          "^ERR Error running script \\(call to f_\\w+\\): @user_script:\\d+: "
              + "(?:@?user_script: ?\\d+: )?-?|\\s*script: (?:\\w+, )?on @user_script:\\d+\\.?$");

  /** The message without its place, which differs although the trouble is the same. */
  static String words(String message) {
    return PLACE.matcher(message).replaceAll("");
  }

  static RedisFailure of(Throwable cause) {
    return cause instanceof RedisCommandExecutionException && cause.getMessage() != null
        ? of(cause.getMessage())
        : SERVER;
  }

  private static RedisFailure of(String message) {
    Matcher codes = CODE.matcher(message);
    while (codes.find()) {
      if (OF_CONNECTION.contains(codes.group(1))) {
        return CONNECTION;
      }
      if (OF_SERVER.contains(codes.group(1))) {
        return SERVER;
      }
    }
    // Redis 6 says it in words when the user of a script may not use a command or a key.
    return message.contains("ACL failure") || message.contains("can't run this command")
        ? SERVER
        : RECORD;
  }
}
