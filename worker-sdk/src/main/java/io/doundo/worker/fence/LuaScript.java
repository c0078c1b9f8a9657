package io.doundo.worker.fence;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The transitions of a record, as scripts for Redis; each is read once from the class path. */
enum LuaScript {
  BEGIN_DO("begin-do"),
  BEGIN_UNDO("begin-undo"),
  FINISH("finish"),
  RENEW("renew"),
  ANSWERED("answered"),
  KEEP_NOTE("keep-note"),
  CHECK("check");

  private final String text;
  private final String sha1;

  LuaScript(String file) {
    String usualCase = find(file + "-first");
    text =
        file.equals("answered")
            ? read(file)
            : (usualCase == null ? "" : usualCase) + read("prelude") + read(file);
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
    String text = find(file);
    if (text == null) {
      throw new IllegalStateException(file + ".lua is missing on the class path");
    }
    return text;
  }

  private static @Nullable String find(String file) {
    String name = file + ".lua";
    try (InputStream in = LuaScript.class.getResourceAsStream(name)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read", e);
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
