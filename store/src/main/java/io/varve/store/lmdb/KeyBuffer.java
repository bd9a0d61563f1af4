package io.varve.store.lmdb;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Memory;
import io.varve.store.errors.LimitExceededException;
import java.nio.ByteBuffer;

/** A piece of memory outside the heap that a key is copied to, because LMDB takes it from there. */
final class KeyBuffer {
    private static final int MAX = 511;

    /** Kept so that the memory is. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(MAX + 1);

    private final long address = Memory.addressOf(memory);
    private final NativeBytes bytes = new NativeBytes();

    NativeBytes set(BytesView key) {
        int length = key.length();
        if (length == 0) {
            throw new IllegalArgumentException("A key needs a byte at least");
        }
        if (length > MAX) {
            throw new LimitExceededException("key (bytes)", length, MAX);
        }
        key.copyToMemory(address);
        return bytes.point(address, length);
    }

    NativeBytes set(long key) {
        Memory.putLong(address, key);
        return bytes.point(address, Long.BYTES);
    }
}
