/**
 * Spring Boot's auto-configuration of workers and initiators: the only package that depends on
 * Spring Boot.
 */
@NullMarked
package io.doundo.worker.autoconfigure;

import org.jspecify.annotations.NullMarked;
