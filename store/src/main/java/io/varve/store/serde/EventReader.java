package io.varve.store.serde;

import io.varve.store.bytes.BytesView;

/** Reads the events under one name. */
interface EventReader {
    Object read(BytesView payload);
}
