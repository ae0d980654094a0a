"""How much a request may carry in files."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class CountingUploadHandler(FileUploadHandler):
    """Stops a request whose files are together more than one message may carry, whatever its headers say.

    First in `FILE_UPLOAD_HANDLERS`: it sees every byte before one is kept (RELIABILITY C4). One instance a request.
    """

    received = 0  # bytes, over all files of the request

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig("the files of one request are too large together")
        return raw_data

    def file_complete(self, file_size):
        return None  # the next handler makes the file
