/**
 * Shows the figures of a runtime to Micrometer, for those who have it: the dependency is optional,
 * and nothing outside this package knows of it.
 */
package io.varve.runtime.micrometer;
