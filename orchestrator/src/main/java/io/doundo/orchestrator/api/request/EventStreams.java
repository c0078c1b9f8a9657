package io.doundo.orchestrator.api.request;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Streams of server-sent events. */
public final class EventStreams {

  private EventStreams() {}

  /**
   * A stream without a time limit, whose first line is a comment.
   *
   * <p>What is sent before the server has begun the response is written by the thread of the
   * request. So is this comment, and with it the headers: a sender's first event would write them
   * while the filters of that thread may still be adding theirs, and the connection would break.
   */
  public static SseEmitter open() {
    SseEmitter emitter = new SseEmitter(0L);
    try {
      emitter.send(SseEmitter.event().comment("open"));
    } catch (IOException e) {
      throw new UncheckedIOException("an emitter without a response only keeps what is sent", e);
    }
    return emitter;
  }
}
