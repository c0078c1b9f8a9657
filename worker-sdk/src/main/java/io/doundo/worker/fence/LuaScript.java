package io.doundo.worker.fence;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The transitions of a record, as scripts for Redis; each is put together once from files of the
 * class path. What two scripts have in common is one file.
 */
enum LuaScript {
  BEGIN_DO("clock", "usual-begin-do", "begin-do-first", "prelude", "begin-do"),
  BEGIN_UNDO("clock", "usual-begin-undo", "begin-undo-first", "prelude", "begin-undo"),
  FINISH("usual-finish", "finish-first", "prelude", "finish"),
  RENEW("prelude", "renew"),
  ANSWERED("clock", "acknowledge", "answered"),
  KEEP_NOTE("prelude", "keep-note"),
  CHECK("prelude", "check"),

  /** The usual cases of those that begin, finish and acknowledge a step, many at once. */
  BATCH("clock", "usual-begin-do", "usual-begin-undo", "usual-finish", "acknowledge", "batch");

  private final String text;
  private final String sha1;

  LuaScript(String... files) {
    StringBuilder joined = new StringBuilder();
    for (String file : files) {
      joined.append(read(file + ".lua"));
    }
    text = joined.toString();
    sha1 = sha1(text);
  }

  /** The whole script. */
  String text() {
    return text;
  }

  /** The name under which Redis caches it. */
  String sha1() {
    return sha1;
  }

  private static String read(String file) {
    try (InputStream in = LuaScript.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
