"""Jejak in containers: the image and its list of parts, the folder of a composed installation,
and the commands that run in it. The compose file stands beside this folder, the chart in `deploy/helm/`.
"""
