/**
 * {@code doundo demo}: six flows shown as they happen, then checked against the workers' ledger and
 * store. May depend on {@code dev}, {@code cli} and {@code process}.
 */
@NullMarked
package io.doundo.launcher.demo;

import org.jspecify.annotations.NullMarked;
