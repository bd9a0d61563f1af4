package io.varve.store.transfer;

/**
 * What was exported.
 *
 * @param events how many
 * @param bytes that were written, header and trailer included
 * @param sha256 of all bytes before the trailer, hexadecimal: as the trailer has it
 */
public record ExportResult(long events, long bytes, String sha256) {}
