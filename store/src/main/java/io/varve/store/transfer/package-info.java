/**
 * Export of events to files that other programs can read, and import of such files.
 *
 * <p>A file is a sequence of items: a header, an event each, and a trailer with the count of events
 * and the SHA-256 of all bytes before it, so that a file that was cut short or changed is noticed.
 * Two formats say the same: lines of JSON, and a sequence of CBOR maps (RFC 8949, RFC 8742).
 *
 * <pre>{@code
 * {"varve":"events","format":1,"store":"0b6a8f5e-…","incarnation":0,"head":41,
 *  "chain":"8f14e45fceea167a"}
 * {"position":0,"stream":{"category":"orders","key":"7"},"version":0,"type":"OrderPlaced",
 *  "eventTime":1767225600000,"commitTime":1767225600002,"eventId":"…","correlation":"…",
 *  "causation":"…","headers":{"user":"ann"},"payload":{"total":1250}}
 * {"varve":"end","events":42,"sha256":"9f86d081884c7d65…"}
 * }</pre>
 *
 * <p>Fields of headers that an event has not are left out. The payload comes last:
 *
 * <ul>
 *   <li>in JSON as {@code payload}, a JSON value, where its bytes are JSON that can stand in a line
 *       as it is: UTF-8, nothing below the space character, no space at either end, no name twice
 *       in an object, at most 500 levels deep; an import takes the bytes of the value as they
 *       stand, so they are the very same;
 *   <li>in JSON as {@code base64}, a string, otherwise;
 *   <li>in CBOR as {@code payload}, a byte string, always.
 * </ul>
 *
 * <p>Not exported: idempotency keys and producer marks, which belong to appends and not to events.
 * Jackson's streaming parser does the parsing; for CBOR {@code jackson-dataformat-cbor} has to be
 * on the class path.
 */
package io.varve.store.transfer;
