package io.doundo.examples.approval;

import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.Undo;
import java.util.ArrayList;
import java.util.List;

/** Serves the document review, and keeps the effects of its one flow that are not undone. */
@SagaWorker("documentReview")
final class ReviewWorker {

  record Published(String title, String reviewer) {}

  record Returned(String author, String comment) {}

  private final List<String> standing = new ArrayList<>();

  @Do("storeDraft")
  void store() {
    standing.add("draft");
  }

  @Undo("storeDraft")
  void delete() {
    standing.remove("draft");
  }

  @Do("publish")
  void publish(Published document) {
    standing.add(document.title() + " reviewed by " + document.reviewer());
  }

  @Undo("publish")
  void withdraw(Published document) {
    standing.remove(document.title() + " reviewed by " + document.reviewer());
  }

  @Do("tellAuthor")
  void tell(Returned document) {
    standing.add("letter to " + document.author() + ": " + document.comment());
  }

  @Do("closeReview")
  void close() {
    standing.add("closed");
  }

  @Undo("closeReview")
  void reopen() {
    standing.remove("closed");
  }

  List<String> standing() {
    return List.copyOf(standing);
  }
}
