package io.varve.store.lmdb;

/** Bytes outside the heap: what LMDB takes and gives. Mutable, and good as long as what lent it. */
final class NativeBytes {
    private long address;
    private int length;

    NativeBytes point(long newAddress, int newLength) {
        address = newAddress;
        length = newLength;
        return this;
    }

    long address() {
        return address;
    }

    int length() {
        return length;
    }
}
