package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ByteArrayResource;

/**
 * The API keys: those of the settings and those of the keys file, which may change while the
 * process runs. A file that cannot be understood leaves the keys as they were. Thread-safe.
 */
final class KeyRing {

  private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);

  private static final int ID_DIGITS = 16;

  private static final Pattern PLACE = Pattern.compile("line \\d+, column \\d+");

  /** How often the use of a key is logged. */
  private static final long USE_EVERY_MS = 3_600_000;

  private final List<DoundoProperties.Key> configured;
  private final @Nullable Path file;
  private final Map<String, Long> used = new ConcurrentHashMap<>();
  private volatile List<DoundoProperties.Key> keys;
  private volatile byte[] read = {};
  private volatile String failure = "";

  /** Reads the file too, and fails if it is not there or not a file of keys. */
  KeyRing(DoundoProperties.Api api) {
    this.configured = api.keys();
    this.file = api.keysFile();
    this.keys = configured;
    if (file != null) {
      try {
        take(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new IllegalArgumentException("doundo.api.keys-file cannot be read: " + e, e);
      }
    }
  }

  /** What a key is called where its hash must not stand. */
  static String id(DoundoProperties.Key key) {
    return key.sha256().substring(0, ID_DIGITS);
  }

  /** What a secret is called where it must not stand. */
  static String id(String secret) {
    return HexFormat.of().formatHex(sha256(secret)).substring(0, ID_DIGITS);
  }

  /**
   * The key of which the text is the secret; it may have expired. The duration of a search depends
   * neither on the text nor on which key it is.
   */
  Optional<DoundoProperties.Key> find(String secret) {
    byte[] hash = sha256(secret);
    DoundoProperties.Key found = null;
    for (DoundoProperties.Key key : keys) {
      if (MessageDigest.isEqual(hash, HexFormat.of().parseHex(key.sha256()))) {
        found = key;
      }
    }
    return Optional.ofNullable(found);
  }

  /** The key with this id, if it is still there. */
  Optional<DoundoProperties.Key> byId(String id) {
    return keys.stream().filter(key -> id(key).equals(id)).findFirst();
  }

  /**
   * Logs that a key is in use: the first time, and then once an hour.
   *
   * @param now ms since the epoch
   */
  void use(DoundoProperties.Key key, long now) {
    Long before = used.get(id(key));
    if (before == null || now - before >= USE_EVERY_MS) {
      used.put(id(key), now);
      LOG.info("API key {} of {} is in use", id(key), key.name());
    }
  }

  /** Reads the file again if it has changed. */
  void refresh() {
    if (file == null) {
      return;
    }
    try {
      byte[] now = Files.readAllBytes(file);
      if (!Arrays.equals(now, read)) {
        take(now);
        LOG.info("doundo.api.keys-file has changed: {} keys are configured now", keys.size());
      }
      failure = "";
    } catch (IOException | IllegalArgumentException e) {
      String message = e instanceof IOException ? e.toString() : String.valueOf(e.getMessage());
      if (!message.equals(failure)) {
        failure = message;
        LOG.error(
            "doundo.api.keys-file has changed but cannot be read; the keys of before stay valid: {}",
            message);
      }
    }
  }

  /** Why the file is not what is in use; null when it is. */
  @Nullable String failure() {
    String current = failure;
    return current.isEmpty() ? null : current;
  }

  private void take(byte[] bytes) throws IOException {
    List<DoundoProperties.Key> all = new ArrayList<>(configured);
    all.addAll(parse(bytes));
    DoundoProperties.Key.requireConsistent("doundo.api.keys with doundo.api.keys-file", all);
    keys = List.copyOf(all);
    read = bytes;
    used.keySet().retainAll(keys.stream().map(KeyRing::id).toList());
  }

  /** A misspelt field is an error: without its expiry a key would be valid for good. */
  private static List<DoundoProperties.Key> parse(byte[] bytes) throws IOException {
    try {
      Binder binder =
          new Binder(
              ConfigurationPropertySources.from(
                  new YamlPropertySourceLoader().load("keys", new ByteArrayResource(bytes))));
      return binder
          .bind(
              "keys",
              Bindable.listOf(DoundoProperties.Key.class),
              new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "doundo.api.keys-file must be YAML with a list under \"keys:\""));
    } catch (BindException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new IllegalArgumentException("doundo.api.keys-file: " + cause.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      // Neither its message nor it as the cause: both quote the file, which may hold a key by
      // mistake.
      throw new IllegalArgumentException("doundo.api.keys-file is not YAML" + place(e));
    }
  }

  /** Where the parser stopped; empty when it does not say. */
  private static String place(RuntimeException failure) {
    Matcher place = PLACE.matcher(String.valueOf(failure.getMessage()));
    String last = "";
    while (place.find()) {
      last = ": " + place.group();
    }
    return last;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
