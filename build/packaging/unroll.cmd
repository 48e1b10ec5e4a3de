@echo off
rem The command line of the installed Unroll, on the Node that is installed with it.
"%~dp0node.exe" "%~dp0app.asar.unpacked\dist\main\cli.js" %*
