package io.doundo.bench.sdk;

import io.doundo.worker.Do;
import tools.jackson.databind.node.ObjectNode;

/** Ten steps that succeed. */
abstract class TenSteps {

  @Do("s01")
  ObjectNode first(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 1);
  }

  @Do("s02")
  ObjectNode second(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 2);
  }

  @Do("s03")
  ObjectNode third(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 3);
  }

  @Do("s04")
  ObjectNode fourth(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 4);
  }

  @Do("s05")
  ObjectNode fifth(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 5);
  }

  @Do("s06")
  ObjectNode sixth(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 6);
  }

  @Do("s07")
  ObjectNode seventh(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 7);
  }

  @Do("s08")
  ObjectNode eighth(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 8);
  }

  @Do("s09")
  ObjectNode ninth(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 9);
  }

  @Do("s10")
  ObjectNode tenth(ObjectNode payload) {
    return ThreeSteps.passedOn(payload, 10);
  }
}
