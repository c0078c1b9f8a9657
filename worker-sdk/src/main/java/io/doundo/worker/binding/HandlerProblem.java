package io.doundo.worker.binding;

import java.io.Serializable;

/**
 * A mistake in a handler.
 *
 * @param place the bean and method, or the document and step
 */
public record HandlerProblem(String place, String problem, String fix) implements Serializable {

  @Override
  public String toString() {
    return place + ": " + problem + "; " + fix;
  }
}
