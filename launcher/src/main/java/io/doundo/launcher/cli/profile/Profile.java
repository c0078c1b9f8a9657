package io.doundo.launcher.cli.profile;

import org.jspecify.annotations.Nullable;

/**
 * A service that a user has named. At most one of the three says where its key is.
 *
 * @param keyEnv the environment variable that holds the key
 * @param keyFile the file that holds the key
 * @param keyCommand the command that prints the key
 * @param output the usual output format, or null
 */
public record Profile(
    String name,
    String url,
    @Nullable String keyEnv,
    @Nullable String keyFile,
    @Nullable String keyCommand,
    @Nullable String output) {

  /** Where the key comes from, in words; never the key itself. */
  public String keySource() {
    if (keyEnv != null) {
      return "environment variable " + keyEnv;
    }
    if (keyFile != null) {
      return "file " + keyFile;
    }
    return keyCommand == null ? "no key" : "command " + keyCommand;
  }
}
