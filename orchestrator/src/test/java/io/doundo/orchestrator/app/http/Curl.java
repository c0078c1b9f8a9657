package io.doundo.orchestrator.app.http;

import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Runs a command line of curl as documents print it: {@code -X}, {@code -H} and {@code -d}. */
final class Curl {

  private final HttpClient client = HttpClient.newHttpClient();

  /** A response; a missing node stands for an empty body. */
  record Answer(int status, JsonNode json, String body) {}

  Answer run(String command) {
    List<String> words = words(command);
    if (!words.get(0).equals("curl")) {
      throw new IllegalArgumentException(command);
    }
    HttpRequest.Builder request = HttpRequest.newBuilder().timeout(Duration.ofSeconds(60));
    String method = "GET";
    String body = "";
    for (int i = 1; i < words.size(); i++) {
      switch (words.get(i)) {
        case "-X" -> method = words.get(++i);
        case "-d" -> body = words.get(++i);
        case "-H" -> {
          String[] header = words.get(++i).split(": ", 2);
          request.header(header[0], header[1]);
        }
        default -> request.uri(URI.create(words.get(i)));
      }
    }
    request.method(
        method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.body().isEmpty()
              ? Json.MAPPER.missingNode()
              : Json.MAPPER.readTree(response.body()),
          response.body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The words as a shell reads them: single quotes, and lines that go on after a backslash. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean isQuoted = false;
    for (char c : command.replace("\\\n", " ").strip().toCharArray()) {
      if (c == '\'') {
        isQuoted = !isQuoted;
      } else if (Character.isWhitespace(c) && !isQuoted) {
        if (word.length() > 0) {
          words.add(word.toString());
          word.setLength(0);
        }
      } else {
        word.append(c);
      }
    }
    words.add(word.toString());
    return words;
  }
}
