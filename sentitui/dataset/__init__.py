"""What a training file is: values, the codec, the file of any size, its rules.

Pure: no terminal, no network, no provider. Import from the modules; this package itself loads nothing.
"""
